import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { ApiClient } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import { credentials } from "../../local/credentials.ts";
import { order } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { ROOT } from "../support/stacks.ts";
import { clientWith } from "./accounts.ts";
import { PATHS } from "./control-plane.ts";
import { Issuer } from "./issuer.ts";
import { TestStack } from "./stack.ts";

const stack = new TestStack("login");
const { client, namespace } = stack;
const folder = mkdtempSync(join(tmpdir(), "packit-test-"));
const TOKENS = `/api/v1/namespaces/${namespace}/serviceaccounts/packit-deployer/token`;

/** What docs/github.md tells to give the API server. */
const DOCUMENTED: Anything = documented();
const [AUDIENCE] = DOCUMENTED.jwt[0].issuer.audiences;
const JOB = "repo:packit/deployment:environment:stage";

let issuer: Issuer;
let server: ChildProcess;
let port: number;

beforeAll(async () => {
  issuer = await Issuer.start();
  port = await freePort();
  server = startServer();
  const objects = await stack.objects({
    deployer: { oidc: { environment: "stage" } },
    github: { repository: "packit/deployment", environments: { stage: { branches: ["main"] } } },
    secrets: { github: { token: "a-token" } },
  });
  const own = objects.filter(
    ({ kind, metadata }) => kind === "Namespace" || metadata.name.startsWith("packit-deployer"),
  );
  for (const object of own.toSorted(order)) await client.apply(object, "test");
  const isReady = () =>
    as(credentials(PATHS).token)
      .request("GET", "/api/v1/namespaces")
      .then(
        () => true,
        () => false,
      );
  await until(isReady, { what: "a second API server", limitSeconds: 50 });
});
afterAll(async () => {
  server.kill("SIGKILL");
  issuer.stop();
  rmSync(folder, { recursive: true });
  for (const name of [namespace, stack.sandboxNamespace])
    await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
});

describe("a job of a workflow, where the API server takes GitHub's tokens as docs/github.md tells", () => {
  it("of the stack's environment has a token made, with which it deploys, and can do nothing else", async () => {
    const job = as(issuer.token(JOB, AUDIENCE));
    // A server that has just begun does not know all Roles yet.
    const isKnown = () =>
      job.request("POST", TOKENS, {}).then(
        () => true,
        () => false,
      );
    await until(isKnown, { what: "the deployer's Role", limitSeconds: 30 });
    const { status } = await job.request<Anything>("POST", TOKENS, {
      spec: { expirationSeconds: 3600 },
    });
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "made", namespace } };
    await clientWith(status.token).create({ ...map, data: { a: "b" } });
    expect(await client.read(map)).toBeDefined();
    await expect(job.read(map)).rejects.toThrow(/cannot get resource "configmaps"/);
    await expect(job.request("POST", TOKENS.replace("packit-deployer", "default"), {})).rejects.toThrow(
      /cannot create resource "serviceaccounts\/token"/,
    );
  });

  it.each<[string, string, string]>([
    ["another environment", JOB.replace("stage", "prod"), "cannot create resource"],
    ["another repository of packit's", JOB.replace("deployment", "other"), "cannot create resource"],
    ["a pull request", "repo:packit/deployment:pull_request", "Unauthorized"],
    ["a branch", "repo:packit/deployment:ref:refs/heads/main", "Unauthorized"],
    ["somebody else's repository", JOB.replace("packit/", "somebody/"), "Unauthorized"],
  ])("of %s is not let in", async (_, subject, words) => {
    await expect(as(issuer.token(subject, AUDIENCE)).request("POST", TOKENS, {})).rejects.toThrow(words);
  });

  it("with a token for somebody else is not let in", async () => {
    const other = as(issuer.token(JOB, "https://github.com/packit"));
    await expect(other.request("POST", TOKENS, {})).rejects.toThrow("Unauthorized");
  });
});

/** A client of the second API server. */
function as(token: string): ApiClient {
  const certificate = readFileSync(join(folder, "apiserver.crt"));
  return clientWith(token, { server: `https://127.0.0.1:${port}`, certificate });
}

/** A second API server of the shared control plane's data, which takes tokens of the issuer as the page tells. */
function startServer(): ChildProcess {
  const [{ issuer: github, ...rules }] = DOCUMENTED.jwt;
  const { url, certificateAuthority } = issuer;
  const own = { ...DOCUMENTED, jwt: [{ issuer: { ...github, url, certificateAuthority }, ...rules }] };
  writeFileSync(join(folder, "authentication.yaml"), stringify(own));
  const { tokenFile, serviceAccountKeyFile } = credentials(PATHS);
  // By a path within the control plane's own folder, it would pass for a part of that.
  const copied = (path: string, name: string) => {
    copyFileSync(path, join(folder, name));
    return join(folder, name);
  };
  const key = copied(serviceAccountKeyFile, "key");
  for (const end of ["crt", "key"])
    copied(join(PATHS.state, "certificates", `apiserver.${end}`), `apiserver.${end}`);
  const flags = {
    "etcd-servers": "unix://etcd.sock:0",
    "bind-address": "127.0.0.1",
    "secure-port": port,
    "cert-dir": folder,
    "token-auth-file": copied(tokenFile, "tokens"),
    "authentication-config": join(folder, "authentication.yaml"),
    "authorization-mode": "RBAC",
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": key,
    "service-account-signing-key-file": key,
    "service-cluster-ip-range": "10.0.0.0/16",
    "endpoint-reconciler-type": "none",
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  return spawn(join(PATHS.kit, "kube-apiserver"), args, { cwd: PATHS.state, stdio: "ignore" });
}

function documented(): unknown {
  const page = readFileSync(join(ROOT, "docs", "github.md"), "utf8");
  const [, text = ""] = /^```yaml\n(apiVersion: apiserver\.config.*?)^```$/ms.exec(page) ?? [];
  return parse(text);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}
