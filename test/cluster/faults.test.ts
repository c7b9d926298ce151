import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyStack, removeStack } from "../../cluster/apply.ts";
import { localClient } from "../../local/up.ts";
import { Slots } from "../../operations/test-instances/slots.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { config, written } from "../client/kubeconfigs.ts";
import { FAULTS, type FaultyProxyArgs, faultyProxy } from "../support/faulty-proxy.ts";
import { TAKE_ARGS, tenancy } from "../support/tenancy.ts";
import { PATHS } from "./control-plane.ts";
import { smallStack } from "./small-stack.ts";

const SPACE = "faults";
const sound = localClient(PATHS);
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: SPACE } };

beforeAll(() => sound.create(namespace));
afterAll(() => sound.delete(namespace));

/** Each kind of request, and what must be so once it has succeeded. */
const REQUESTS: Record<string, (client: ApiClient, name: string) => Promise<void>> = {
  async read(client, name) {
    await sound.create(configMap(name));
    expect((await client.read(configMap(name)))?.data).toEqual({ key: "a" });
  },
  async list(client, name) {
    await sound.create(configMap(name));
    const all = await client.list({ apiVersion: "v1", kind: "ConfigMap" }, { namespace: SPACE });
    expect(all.map(({ metadata }) => metadata.name)).toContain(name);
  },
  async apply(client, name) {
    await client.apply(configMap(name), "test");
    expect((await sound.read(configMap(name)))?.data).toEqual({ key: "a" });
  },
  async create(client, name) {
    const made = await client.create(configMap(name));
    expect(await sound.read(configMap(name))).toEqual(made);
    await expect(client.create(configMap(name))).rejects.toMatchObject({ status: 409 });
  },
  async replace(client, name) {
    const former = await sound.create(configMap(name));
    const now = await client.replace({ ...former, data: { key: "b" } });
    expect(await sound.read(configMap(name))).toEqual(now);
    await expect(client.replace({ ...former, data: { key: "c" } })).rejects.toMatchObject({ status: 409 });
    expect((await sound.read(configMap(name)))?.data).toEqual({ key: "b" });
  },
  async delete(client, name) {
    const former = await sound.create(configMap(name));
    await client.delete(former);
    expect(await sound.read(configMap(name))).toBeUndefined();
    await sound.create(configMap(name));
    await client.delete(former);
    expect(await sound.read(configMap(name))).toBeDefined();
  },
  async "take and give back of a slot"(client, name) {
    const slots = new Slots(client, { namespace: SPACE, limit: 1 });
    const held = await slots.take(tenancy(name), TAKE_ARGS);
    if ("refused" in held) throw new Error(held.refused);
    const later = await slots.update(held, { state: "up" });
    expect(await new Slots(sound, { namespace: SPACE, limit: 1 }).held()).toEqual([later]);
    expect(await slots.release(later)).toBe(true);
  },
};

const CASES = Object.keys(REQUESTS).flatMap((request) =>
  Object.keys(FAULTS).map((fault) => [request, fault] as const),
);

describe("a failure in passing", () => {
  it.each(CASES)("of a %s: %s", async (request, fault) => {
    // Of each request the first two tries, whatever was asked before it.
    const tries = new Map<string, number>();
    const client = await behind((incoming) => {
      const key = `${incoming.method} ${incoming.url}`;
      tries.set(key, (tries.get(key) ?? 0) + 1);
      return (tries.get(key) ?? 0) <= 2 ? FAULTS[fault as keyof typeof FAULTS] : undefined;
    });
    const name = `${request}-${fault}`.toLowerCase().replaceAll(/\W/g, "-");
    const space = request.startsWith("take") ? undefined : name;
    await REQUESTS[request]?.(client, space ?? name);
  });

  it("of 1 in 10 requests, of every kind, lets an apply and a removal through all the same", async () => {
    let count = 0;
    const all = Object.values(FAULTS);
    const client = await behind(() => (++count % 10 === 0 ? all[(count / 10) % all.length] : undefined));
    const objects = smallStack("faults", "faults-stack");
    expect((await applyStack(client, "faults", objects)).changed).toHaveLength(4);
    expect((await applyStack(client, "faults", objects)).changed).toEqual([]);
    expect(await removeStack(client, "faults")).toHaveLength(4);
  });
});

describe("a failure that does not pass", () => {
  it("is told as what to check, in one line", async () => {
    const client = await behind(() => FAULTS["a web page"]);
    const error = await client.read(configMap("x")).catch((cause) => cause);
    expect(error.name).toBe("EnvironmentError");
    expect(error.message).toMatch(
      /^GET \/api\/v1 was answered with 200 and text\/html, not with JSON: .*Check .*\.$/,
    );
  });

  it("is a refusal of the object at once, though it comes as 500", async () => {
    let asked = 0;
    const client = await behind(({ method }) => {
      if (method === "PATCH") asked += 1;
      return undefined;
    });
    await expect(client.apply({ ...configMap("wrong"), dta: {} }, "test")).rejects.toThrow(/dta/);
    expect(asked).toBe(1);
  });
});

async function behind(faultOf: FaultyProxyArgs["faultOf"]) {
  const { clusters, users } = parse(readFileSync(PATHS.kubeconfig, "utf8"));
  const server = await faultyProxy({
    server: clusters[0].cluster.server,
    token: users[0].user.token,
    faultOf,
  });
  return new ApiClient({ kubeconfig: written(config({ cluster: { server } })), context: "here" });
}

function configMap(name: string): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: SPACE }, data: { key: "a" } };
}
