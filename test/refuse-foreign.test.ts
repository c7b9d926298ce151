import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fieldManager, STATE_ANNOTATION } from "../cluster/pulumi-ownership.ts";
import { owned } from "../owned.ts";
import { config, named, written } from "./client/kubeconfigs.ts";
import type { Anything } from "./support/anything.ts";
import { type ApiStub, apiStub } from "./support/api-stub.ts";
import { settingsOf } from "./support/stacks.ts";

const OWN = "packit-stage";
const WANTED = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "said", namespace: "n", annotations: { [STATE_ANNOTATION]: "s1" } },
};
const managed = (manager: string, more: object = {}) => ({
  ...WANTED,
  metadata: { ...WANTED.metadata, managedFields: [{ manager }], ...more },
});

let live: object | undefined;
let cluster: ApiStub;

beforeEach(async () => {
  live = undefined;
  cluster = await apiStub({
    answer: ({ url = "" }, response) => {
      const isThere = url.includes("/configmaps/") || url.includes("/namespaces/packit");
      const kinds = [
        { kind: "ConfigMap", name: "configmaps", namespaced: true, verbs: [] },
        { kind: "Namespace", name: "namespaces", namespaced: false, verbs: [] },
      ];
      const found = url === "/api/v1" ? { resources: kinds } : isThere ? live : undefined;
      response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(found ?? { message: "not found" }));
    },
  });
  const file = config({ cluster: { server: cluster.url } });
  // Whatever is current is another cluster, which does not answer.
  const clusters = [...file.clusters, { name: "away", cluster: { server: "http://127.0.0.1:1" } }];
  const contexts = [...named(OWN), { name: "current", context: { cluster: "away", user: "u" } }];
  const kubeconfig = { ...file, clusters, contexts, "current-context": "current" };
  vi.stubEnv("KUBECONFIG", written(kubeconfig));
});
afterEach(() => vi.unstubAllEnvs());

describe("before Pulumi's engine makes an object", () => {
  it("the cluster of the stack's own context is asked, and what is not there may be made", async () => {
    await beforeCreate(WANTED);
    expect(cluster.asked.map(({ method, url }) => `${method} ${url}`)).toContain(
      "GET /api/v1/namespaces/n/configmaps/said",
    );
  });

  it("what its own state has made is gone on with", async () => {
    live = managed(fieldManager("stage"));
    await beforeCreate(WANTED);
  });

  it.each<[string, () => object, RegExp]>([
    ["of somebody's own making", () => managed("kubectl"), /somebody else made it \(kubectl\)/],
    [
      "of another stack",
      () => managed(fieldManager("stage"), { labels: { "packit.dev/stack": "prod" } }),
      /belongs to stack prod/,
    ],
    [
      "of another state",
      () => managed(fieldManager("stage"), { annotations: { [STATE_ANNOTATION]: "s2" } }),
      /another state of stack stage made it/,
    ],
  ])("what is there %s stops it", async (_, there, message) => {
    live = there();
    await expect(beforeCreate(WANTED)).rejects.toThrow(message);
  });

  it("a namespace of that name that is somebody's is refused like all else", async () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "packit--stg" } };
    live = { ...namespace, metadata: { ...namespace.metadata, managedFields: [{ manager: "oc" }] } };
    await expect(beforeCreate(namespace)).rejects.toThrow("Namespace packit--stg is in the cluster already");
    // On the Managed Platform it is the platform's, of which only some fields are declared.
    await beforeCreate(namespace, "kubernetes:core/v1:NamespacePatch");
  });

  it("what a preview cannot know the name of is looked for nowhere", async () => {
    await beforeCreate({ ...WANTED, metadata: { ...WANTED.metadata, namespace: { unknown: true } } });
    expect(cluster.asked).toEqual([]);
  });

  it("previews are told as well", async () => {
    expect((await hook()).opts).toMatchObject({ onDryRun: true });
  });
});

async function beforeCreate(newInputs: object, type = "kubernetes:core/v1:ConfigMap"): Promise<void> {
  const { callback } = await hook();
  // The engine gives a hook more than this one looks at.
  await callback({ type, newInputs } as Anything);
}

/** The hook that every object of the program gets. */
async function hook(): Promise<pulumi.ResourceHook> {
  await pulumi.runtime.setMocks({ call: () => ({}), newResource: ({ name }) => ({ id: name, state: {} }) });
  (pulumi.runtime.getMonitor() as Anything).registerResourceHook = (_: Anything, done: Anything) =>
    done(null, {});
  const { transformations = [] } = owned(settingsOf("stage", { kubeContext: OWN }));
  const [transform] = transformations;
  const made = transform?.({
    type: "kubernetes:core/v1:ConfigMap",
    name: "x",
    props: { metadata: {} },
    opts: {},
  } as Anything);
  const { beforeCreate } = (made?.opts as pulumi.CustomResourceOptions).hooks ?? {};
  // It is given as a hook, not by its name.
  return beforeCreate?.[0] as pulumi.ResourceHook;
}
