import { beforeAll, describe, expect, it } from "vitest";
import { applyStack } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import { FEW_PARTS, modestPod, TestStack } from "./stack.ts";

const stage = new TestStack("tolerations");
const prod = new TestStack("no-tolerations", "prod");
const TOLERATION = { key: "environment", operator: "Equal", value: "stage", effect: "NoSchedule" };
const ON_STAGE = { nodeSelector: { env: "stage" } };

beforeAll(async () => {
  await stage.up(FEW_PARTS);
  // Where its pods are to be, and none of them.
  const spaces = (await prod.objects()).filter(({ kind }) => kind === "Namespace");
  await applyStack(prod.client, "no-tolerations", spaces);
});

describe("a stage pod", () => {
  it("gets the stage toleration from the namespace's annotation alone", async () => {
    const template = (await stage.list("StatefulSet", { apiVersion: "apps/v1" })).get(
      "packit-worker-long-running",
    ).spec.template;
    expect(template.spec).not.toHaveProperty("tolerations");
    const pod = (await stage.list("Pod")).get("packit-worker-long-running-0");
    expect(pod.spec.tolerations).toContainEqual(TOLERATION);
  });

  it("runs on a tainted node", async () => {
    await stage.client.create(modestPod(stage.namespace, "on-stage", ON_STAGE));
    const pod = await running(stage, "on-stage");
    expect(pod.spec.nodeName).toMatch(/^stage-/);
  });

  it("lands on a node labelled env: stage if its component has that node selector", async () => {
    await stage.up({ ...FEW_PARTS, workers: { longRunning: ON_STAGE }, service: ON_STAGE });
    const nodes = await stage.client.list({ apiVersion: "v1", kind: "Node" }, { labels: { env: "stage" } });
    const names = nodes.map(({ metadata }) => metadata.name);
    const selected = [...(await stage.list("Pod"))].filter(([, { spec }]) => spec.nodeSelector);
    for (const [name, { spec }] of selected) expect(names, name).toContain(spec.nodeName);
    const components = selected.map(([name, { metadata }]) => metadata.labels?.component ?? name);
    expect(components.sort()).toEqual(["on-stage", "packit-service", "packit-worker-long-running"]);
  });
});

describe("a pod of a namespace without default tolerations", () => {
  it("stays Pending for want of an untainted node", async () => {
    await prod.client.create(modestPod(prod.namespace, "on-stage", ON_STAGE));
    const refused = async () => {
      const { status } = (await prod.list("Pod")).get("on-stage");
      return status.conditions?.find(({ reason }: { reason?: string }) => reason === "Unschedulable");
    };
    const condition = await until(refused, { what: "the scheduler's verdict", limitSeconds: 20 });
    expect(condition.message).toContain("untolerated taint");
    expect((await prod.list("Pod")).get("on-stage").status.phase).toBe("Pending");
  });
});

async function running(stack: TestStack, name: string) {
  const look = async () => {
    const pod = (await stack.list("Pod")).get(name);
    return pod?.status.phase === "Running" ? pod : undefined;
  };
  return until(look, { what: `pod ${name} to run`, limitSeconds: 20 });
}
