import { describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyOne, applyStack } from "../../cluster/apply.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { apiStub } from "../support/api-stub.ts";
import { holdsMark, MARK } from "../support/marks.ts";
import { config, written } from "./kubeconfigs.ts";

const PASSWORD = `${MARK}-password-of-the-database`;
const LINE = `token = ${MARK}`;

/** A stack of a Secret, and of an object about which the API server says what is in that. */
const metadata = (name: string) => ({ name, namespace: "n", labels: { "packit.dev/stack": "stage" } });
const SECRET: KubernetesObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: metadata("held"),
  data: { password: base64(PASSWORD), file: base64(`[copr]\n${LINE}\n`) },
};
const OTHER: KubernetesObject = { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("other") };

/** All that a server, or a webhook on the way, may quote: what is in the request, and what that means. */
const QUOTED = [PASSWORD, base64(PASSWORD), LINE, `x${PASSWORD.slice(3)}`].join(" and ");

const CASES: [string, (client: ApiClient) => Promise<unknown>][] = [
  ["the Secret itself is applied", (client) => applyOne(client, SECRET)],
  ["another object is applied beside it", (client) => applyOne(client, OTHER, { others: [SECRET, OTHER] })],
  ["a stack is tried", (client) => applyStack(client, "stage", [SECRET, OTHER])],
  [
    "a stack is tried in which the Secret alone is refused",
    (client) => applyStack(client, "stage", [SECRET]),
  ],
];

describe("a refusal of the API server shows nothing of a Secret", () => {
  it.each(CASES)("when %s", async (_, work) => {
    const error = await work(await refusing(() => true)).catch((cause: Error) => cause);
    expect(error).toMatchObject({ name: "EnvironmentError" });
    const { message } = error as Error;
    expect(message).toContain("The API server refuses");
    expect(message).toMatch(/Invalid value: .*<secret>/);
    expect(holdsMark(message), message).toBe(false);
  });

  it.each([
    "secrets",
    "configmaps",
  ])("when %s of a stack are refused that were taken when they were tried", async (kind) => {
    const client = await refusing((url) => !url.includes("dryRun=All") && url.includes(kind));
    const error = await applyStack(client, "stage", [SECRET, OTHER]).catch((cause: Error) => cause);
    expect((error as Error).message).toMatch(/^The API server refuses .*<secret>/);
    expect(holdsMark((error as Error).message)).toBe(false);
  });

  it("when what it refuses was immutable, and its successor is refused as well", async () => {
    const job: KubernetesObject = { apiVersion: "v1", kind: "Job", metadata: metadata("job") };
    const client = await refusing(() => true, "field is immutable");
    const error = await applyOne(client, job, { others: [SECRET, job] }).catch((cause: Error) => cause);
    expect((error as Error).message).toMatch(/^The API server refuses .*<secret>/);
    expect(holdsMark((error as Error).message)).toBe(false);
  });
});

/** A client of an API server that has nothing, and refuses what is written to some addresses. */
async function refusing(
  isRefused: (url: string) => boolean,
  why = "must be another one",
): Promise<ApiClient> {
  const { url } = await apiStub({
    answer: async (request, response) => {
      const path = request.url ?? "";
      const body = Buffer.concat(await request.toArray());
      const say = (status: number, content: object) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
      if (path === "/apis") return say(200, { groups: [] });
      if (path === "/api/v1") return say(200, { resources: KINDS });
      if (request.method === "DELETE") return say(200, { kind: "Status" });
      if (request.method !== "GET" && isRefused(path))
        return say(422, { kind: "Status", message: `Invalid value: ${QUOTED}: ${why}` });
      if (request.method !== "GET") return say(200, JSON.parse(body.toString()));
      return path.includes("?labelSelector") ? say(200, { items: [] }) : say(404, { message: "not found" });
    },
  });
  return new ApiClient({ kubeconfig: written(config({ cluster: { server: url } })), context: "here" });
}

const KINDS = ["Namespace", "Secret", "ConfigMap", "Job"].map((kind) => ({
  kind,
  name: `${kind.toLowerCase()}s`,
  namespaced: kind !== "Namespace",
  verbs: ["list", "delete"],
}));

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
