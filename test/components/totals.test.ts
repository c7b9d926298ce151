import { describe, expect, it } from "vitest";
import { CACHE_COMPONENT } from "../../components/repository-cache/settings.ts";
import { componentsOf, sandboxTotals, totals } from "../../components/totals.ts";
import { showBytes, showCpu } from "../../kubernetes/amounts.ts";
import { inBytes } from "../../schema/values.ts";
import type { Anything } from "../support/anything.ts";
import { allTemplates, find, objectsOf, settingsOf } from "../support/stacks.ts";
import { SWITCHES, switched } from "../support/switches.ts";

/** Each switch alone, and none of them. */
const STACKS = [[], ...Object.keys(SWITCHES).map((name) => [name])];

describe.each(STACKS.map((names) => [names.join() || "stage as it is", names] as const))("%s", (_, names) => {
  const changes = switched(...names);

  it("declares as many pods as are counted, with the same resources", async () => {
    const objects = await objectsOf("stage", changes);
    // What fills the caches is made when it is asked for.
    const standing = componentsOf(settingsOf("stage", changes)).filter(
      ({ component }) => component !== CACHE_COMPONENT,
    );
    const counted = standing.map(({ component, pods, containers, initContainers = {} }) => {
      const own = { pods, containers: Object.values(containers), init: Object.values(initContainers) };
      return [component, own] as const;
    });
    const declared = [...allTemplates(objects)].map(([name, { metadata, spec }]) => {
      const workload = objects.find((one) => one.metadata.name === name && "replicas" in spanOf(one));
      const resources = (list: Anything[] = []) => list.map((one) => withoutScratch(one.resources));
      return [
        metadata.labels.component,
        {
          pods: workload ? spanOf(workload).replicas : 0,
          containers: resources(spec.containers),
          init: resources(spec.initContainers),
        },
      ] as const;
    });
    expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(declared));
  });

  it("declares the storage that is counted", async () => {
    const objects = await objectsOf("stage", changes);
    const claims = objects.filter(({ kind }) => kind === "PersistentVolumeClaim") as Anything[];
    const own = claims.filter(({ metadata }) => metadata.namespace === "packit--stg");
    const bytes = own.map(({ spec }) => inBytes(spec.resources.requests.storage));
    expect(totals(settingsOf("stage", changes), "steady").storage).toBe(
      bytes.reduce((all, one) => all + one, 0),
    );
  });
});

describe("a quota", () => {
  it("is what the stack takes at most, in both namespaces", async () => {
    const objects = await objectsOf("prod", { quota: { enabled: true } });
    const quotas = objects.filter(({ kind }) => kind === "ResourceQuota") as Anything[];
    const hard = Object.fromEntries(quotas.map(({ metadata, spec }) => [metadata.namespace, spec.hard]));
    const settings = settingsOf("prod");
    const peak = totals(settings, "peak");
    expect(hard["packit--prod"]).toEqual({
      "requests.cpu": showCpu(peak.requestsCpu),
      "requests.memory": showBytes(peak.requestsMemory),
      "limits.cpu": showCpu(peak.limitsCpu),
      "limits.memory": showBytes(peak.limitsMemory),
    });
    // One more of each pod than runs all the time, and the jobs.
    const steady = totals(settings, "steady");
    expect(peak.limitsMemory).toBeGreaterThan(steady.limitsMemory);
    expect(peak.limitsMemory).toBeLessThan(3 * steady.limitsMemory);
    // Two long-running workers, and room for what a killed task leaves behind: 4 sandboxes of 768Mi; what fills two caches.
    expect(hard["packit--prod-sandbox"]).toEqual({
      "requests.cpu": "400m",
      "requests.memory": "2560Mi",
      "requests.storage": "20Gi",
      "limits.cpu": "6",
      "limits.memory": "7Gi",
    });
    expect(sandboxTotals(settings).storage).toBe(20 * 2 ** 30);
  });

  it("can be given larger than what is computed", async () => {
    const quota = { enabled: true, limits: { memory: "900Gi" } };
    const objects = await objectsOf("stage", { quota, platform: "openshift" });
    const quotas = objects.filter(({ kind }) => kind === "ResourceQuota") as Anything[];
    expect(quotas.map(({ spec }) => spec.hard["limits.memory"])).toContain("900Gi");
    expect(() => find(objects, "ResourceQuota", "packit")).toThrow("2 objects");
  });
});

function spanOf(object: unknown): Anything {
  return (object as Anything).spec ?? {};
}

function withoutScratch({ requests: { "ephemeral-storage": _, ...requests }, limits }: Anything) {
  return { requests, limits };
}
