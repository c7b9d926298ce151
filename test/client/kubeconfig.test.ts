import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { wayTo } from "../../cluster/access.ts";
import { ApiClient } from "../../cluster/api-client.ts";
import { localAccess } from "../../local/kubeconfig.ts";
import { apiStub } from "../support/api-stub.ts";
import { temporaryFolder } from "../support/folder.ts";
import { config, named, TOKEN, written } from "./kubeconfigs.ts";

afterEach(() => vi.unstubAllEnvs());

describe("a kubeconfig that leads nowhere is told in one line, without a credential", () => {
  it.each([
    ["no YAML", "users: [{ user: { token: s3cr3t-token-which", "line 1 is not YAML"],
    ["a list", "- token: s3cr3t-token-which", "all of it has not the form"],
    ["a token of digits", config({ user: { token: 12345 } }), "users.0.user.token has not the form"],
    ["users that are no list", { ...config(), users: { token: TOKEN } }, "users has not the form"],
    ["no server", config({ cluster: { server: undefined } }), "clusters.0.cluster.server has not the form"],
    [
      "a server without a protocol",
      config({ cluster: { server: "example.com" } }),
      "server of c is no address",
    ],
    ["a server of another protocol", config({ cluster: { server: "ftp://x" } }), "server of c is no address"],
    [
      "a context of no cluster",
      { ...config(), clusters: [] },
      'clusters has no "c", which the context "here"',
    ],
    ["a context of no user", { ...config(), users: [] }, 'users has no "u", which the context "here"'],
    ["another context", { ...config(), contexts: [] }, 'has no context "here". It has: none'],
    ["nothing in it", "", 'has no context "here". It has: none'],
    [
      "a proxy of a protocol that kubectl has not",
      config({ cluster: { "proxy-url": `ftp://me:${TOKEN}@x` } }),
      "proxy-url of c is no address of the form http://…, https://…, socks5://…",
    ],
    [
      "an authority that is not there",
      config({ cluster: { "certificate-authority": "away.crt" } }),
      "away.crt, a certificate or key of the cluster c, cannot be read (ENOENT)",
    ],
    [
      "an authority that is none",
      config({ cluster: { "certificate-authority-data": btoa(TOKEN) } }),
      "the cluster's certificate authority is no PEM certificate",
    ],
    [
      "a certificate and key that are none",
      config({ user: { "client-certificate-data": btoa("x"), "client-key-data": btoa(TOKEN) } }),
      "the client certificate and key are no PEM",
    ],
    [
      "a certificate without a key",
      config({ user: { "client-certificate-data": btoa("x") } }),
      "needs its key",
    ],
    [
      "an exec plugin without a command",
      config({ user: { exec: { apiVersion: "v1" } } }),
      "users.0.user.exec.command",
    ],
  ])("%s", (_, content, message) => {
    expectOneLine(() => wayTo({ kubeconfig: written(content), context: "here" }), message);
  });

  it.each([
    ["is not there", (path: string) => path, "There is no kubeconfig at"],
    ["is a folder", (path: string) => dirname(path), "is a folder, not a file"],
    [
      "is below a file",
      (path: string) => join(written(""), "x", path.slice(-1)),
      "is below something that is no folder",
    ],
  ])("one that %s", (_, at, message) => {
    const kubeconfig = at(join(temporaryFolder(), "config"));
    expectOneLine(() => wayTo({ kubeconfig, context: "here" }), message);
  });

  it.skipIf(process.getuid?.() === 0)("one that may not be read", () => {
    const kubeconfig = written(config());
    chmodSync(kubeconfig, 0);
    expectOneLine(() => wayTo({ kubeconfig, context: "here" }), "may not be read by you");
  });

  it("on this machine, before anything runs here", () => {
    const kubeconfig = join(temporaryFolder(), "kubeconfig");
    expectOneLine(
      () => wayTo(localAccess({ kubeconfig })),
      "No control plane runs here. Start one: ./ops local up",
    );
  });
});

describe("where kubectl looks", () => {
  it("is $KUBECONFIG: the first file that says something holds, and one that is not there is left out", () => {
    const first = written(config({ cluster: { server: "https://first" } }));
    const second = written({
      ...config({ cluster: { server: "https://second" } }),
      contexts: named("there"),
    });
    vi.stubEnv("KUBECONFIG", ["/nowhere/at/all", first, "", second].join(":"));
    expect(wayTo({ context: "here" }).server.host).toBe("first");
    expect(wayTo({ context: "there" }).server.host).toBe("first");
  });

  it("is ~/.kube/config otherwise, and nothing is made up where there is none", () => {
    const home = temporaryFolder();
    vi.stubEnv("KUBECONFIG", "");
    vi.stubEnv("HOME", home);
    expectOneLine(
      () => wayTo({ context: "here" }),
      `There is no kubeconfig at ${join(home, ".kube", "config")}`,
    );
    mkdirSync(join(home, ".kube"));
    writeFileSync(join(home, ".kube", "config"), stringify(config()));
    expect(wayTo({ context: "here" }).server.host).toBe("127.0.0.1:1");
  });
});

describe("a credential that no header can carry", () => {
  it("is told by where it is wrong alone", async () => {
    const { url } = await apiStub();
    const bad = fc.constantFrom("\n", "\r\n", "\u200b", "\ufeff", "\u00a0", "\t", "ä", "\u0000");
    const text = fc.stringMatching(/^[a-zA-Z0-9]{20,30}$/);
    await fc.assert(
      fc.asyncProperty(text, bad, fc.nat(10), async (token, wrong, at) => {
        const broken = token.slice(0, at) + wrong + token.slice(at);
        const kubeconfig = written(config({ cluster: { server: url }, user: { token: broken } }));
        const error = await new ApiClient({ kubeconfig, context: "here" }).list(PODS).catch((cause) => cause);
        expect(error.name).toBe("EnvironmentError");
        expect(error.message).toContain(`user "u" has a line end or another character`);
        expect(error.message).toContain(`at its character ${at + 1} of ${broken.length}`);
        expect(error.message).not.toContain(token.slice(at));
        expect(error.message).not.toContain("\n");
      }),
      { numRuns: 30 },
    );
  });
});

const PODS = { apiVersion: "v1", kind: "Pod" };

function expectOneLine(work: () => unknown, message: string): void {
  let error: unknown;
  try {
    work();
  } catch (cause) {
    error = cause;
  }
  expect(error).toMatchObject({ name: expect.stringMatching(/^(Environment|User)Error$/) });
  const said = (error as Error).message;
  expect(said).toContain(message);
  expect(said).not.toContain("\n");
  expect(said).not.toContain(TOKEN.slice(0, 12));
}
