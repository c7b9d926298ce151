import { chmodSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyStack } from "../../cluster/apply.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { temporaryFolder } from "../support/folder.ts";
import { LocalServer } from "../support/local-server.ts";
import { find } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { TestStack } from "./stack.ts";

class Commits extends LocalServer {
  sha = "1".repeat(40);

  protected answer(_: IncomingMessage, response: ServerResponse): void {
    response.end(JSON.stringify([{ sha: this.sha }]));
  }
}

const NAME = "built-images";
const github = new Commits();
const stack = new TestStack(NAME);
const BUILDS = `packit--${NAME}-builds`;

let all: KubernetesObject[];
/** What it declares for builds: the rest is tried elsewhere. */
let objects: KubernetesObject[];

beforeAll(async () => {
  await github.start();
  all = await stack.objects({ imageBuilds: { namespace: BUILDS, account: "packit+builder" } });
  const isOfBuilds = ({ kind, metadata: { name = "", namespace } }: KubernetesObject) =>
    namespace === BUILDS ||
    kind === "Namespace" ||
    (namespace === stack.namespace && name.startsWith("image-builds"));
  objects = all.filter(isOfBuilds);
  await applyStack(stack.client, NAME, objects);
});
afterAll(async () => {
  await stack.down();
  await github.stop();
});

describe("builds of images, to the API server with OpenShift's own schemas", () => {
  it("are taken with every field, and a second apply changes nothing", async () => {
    expect(objects.filter(({ kind }) => kind === "BuildConfig")).toHaveLength(8);
    expect((await applyStack(stack.client, NAME, objects)).changed).toEqual([]);
  });

  it.each([
    ["a trigger", (spec: Anything) => ({ ...spec, triggers: [{ type: "ImageChange", imageChnage: {} }] })],
    ["a source", (spec: Anything) => ({ ...spec, source: { ...spec.source, dockerFile: "FROM scratch" } })],
    ["an output", (spec: Anything) => ({ ...spec, output: { ...spec.output, push_secret: {} } })],
  ])("would be refused with a wrong field in %s", async (_, wrong) => {
    const object = find(objects, "BuildConfig", "packit-worker");
    await expect(stack.client.apply({ ...object, spec: wrong(object.spec) }, "test")).rejects.toThrow(
      /field not declared/,
    );
  });

  it("run where privileged pods may, as they may not beside the service", async () => {
    // This control plane lets nobody be `privileged`; what comes next to it is as forbidden elsewhere.
    const securityContext = { capabilities: { add: ["SYS_ADMIN"] } };
    const pod = (namespace: string) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "packit-worker-1-build", namespace },
      spec: { containers: [{ name: "build", image: "a", securityContext }] },
    });
    await stack.client.tryCreate(pod(BUILDS));
    await expect(stack.client.tryCreate(pod(stack.namespace))).rejects.toThrow(/PodSecurity "restricted/);
  });

  it("are started by an account that keeps notes, and may change nothing else", async () => {
    const first = await look();
    expect(first).toMatchObject({ exitCode: 0, started: "" });
    github.sha = "2".repeat(40);
    const second = await look();
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.started.split("\n")).toEqual(WATCHED);
    expect(await look()).toMatchObject({ exitCode: 0, started: "" });
    const note = async () => {
      const notes = await stack.client.read(find(objects, "ConfigMap", "image-builds-notes"));
      return notes?.metadata.annotations?.["sources.packit.dev/dashboard"];
    };
    expect(await note()).toBe(`dashboard=${github.sha}`);
    // Whoever applies the stack again leaves it as it is.
    expect((await applyStack(stack.client, NAME, objects)).changed).toEqual([]);
    expect(await note()).toBe(`dashboard=${github.sha}`);
    for (const forbidden of [
      "delete buildconfig dashboard",
      "annotate buildconfig dashboard a=b",
      "get secrets",
      "create configmap one",
    ]) {
      const { exitCode, stderr } = await kubectl([...forbidden.split(" "), "-n", BUILDS]);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("forbidden")]);
    }
  });
});

const ACCOUNT = `system:serviceaccount:${stack.namespace}:image-builds`;
const KUBECTL = [join(PATHS.state, "kubectl"), `--kubeconfig=${PATHS.kubeconfig}`, `--as=${ACCOUNT}`];

async function kubectl(args: readonly string[]) {
  const [file = "", ...own] = KUBECTL;
  const { exitCode, stderr } = await execa(file, [...own, ...args], { reject: false });
  return { exitCode, stderr };
}

/** Those of the BuildConfigs that are looked at here: each is looked at in the same way. */
const WATCHED = ["packit-service-base", "dashboard"];

/** Runs the CronJob's own command as its account. Of what it asks `oc`, all but `start-build` is kubectl's as well. */
async function look() {
  const { spec } = find(all, "CronJob", "image-builds");
  const [container] = spec.jobTemplate.spec.template.spec.containers;
  const folder = temporaryFolder();
  const oc = join(folder, "oc");
  writeFileSync(
    oc,
    `#!/bin/bash\nif [ "$1" = start-build ]; then echo "\${!#}"; else ${KUBECTL.join(" ")} "$@" | sed /annotated$/d; exit "\${PIPESTATUS[0]}"; fi\n`,
  );
  chmodSync(oc, 0o755);
  // Behind the script and its name come three arguments for each of them.
  const [file, ...rest] = container.command;
  const args = rest.filter((_: string, i: number) => i < 3 || WATCHED.includes(rest[i - (i % 3)]));
  const env = Object.fromEntries(container.env.map(({ name, value }: Anything) => [name, value]));
  const { exitCode, stdout, stderr } = await execa(file, args, {
    reject: false,
    env: { ...env, GITHUB: github.url, PATH: [folder, process.env.PATH].join(delimiter) },
  });
  return { exitCode, started: stdout, stderr };
}
