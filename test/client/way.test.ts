import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { environmentProxy } from "../../cluster/proxy.ts";
import { apiStub } from "../support/api-stub.ts";
import { temporaryFolder } from "../support/folder.ts";
import { httpProxy, socksProxy } from "../support/proxies.ts";
import { config, type Parts, TOKEN, written } from "./kubeconfigs.ts";

let own: { cert: string; key: string };

beforeAll(async () => {
  const altNames = [
    { type: 2 as const, value: "api.example.com" },
    { type: 7 as const, ip: "127.0.0.1" },
  ];
  const extensions = [{ name: "subjectAltName" as const, altNames }];
  const made = await generate([{ name: "commonName", value: "api" }], { keyType: "ec", extensions });
  own = { cert: made.cert, key: made.private };
});

afterEach(() => vi.unstubAllEnvs());

describe("the server's certificate is held to", () => {
  it("certificate-authority-data, and before a file of another one", async () => {
    const server = await apiStub({ tls: own });
    await ask({ cluster: { server: server.url, ...trusted(), "certificate-authority": "away" } });
    expect(server.asked).toHaveLength(1);
  });

  it("certificate-authority, from the kubeconfig's own folder", async () => {
    const server = await apiStub({ tls: own });
    const folder = temporaryFolder();
    writeFileSync(join(folder, "ca.crt"), own.cert);
    const file = join(folder, "config");
    const cluster = { server: server.url, "certificate-authority": "ca.crt" };
    writeFileSync(file, JSON.stringify(config({ cluster })));
    await new ApiClient({ kubeconfig: file, context: "here" }).listableResources().catch(() => {});
    expect(server.asked).not.toEqual([]);
  });

  it("tls-server-name in place of its address", async () => {
    const server = await apiStub({ tls: own });
    const url = server.url.replace("127.0.0.1", "localhost");
    await expect(ask({ cluster: { server: url, ...trusted() } })).rejects.toThrow(
      /kubeconfig says of certificates/,
    );
    await ask({ cluster: { server: url, ...trusted(), "tls-server-name": "api.example.com" } });
    expect(server.asked).toHaveLength(1);
  });

  it("nothing with insecure-skip-tls-verify alone", async () => {
    const server = await apiStub({ tls: own });
    await expect(ask({ cluster: { server: server.url } })).rejects.toThrow(/cannot be reached.*certificate/);
    await ask({ cluster: { server: server.url, "insecure-skip-tls-verify": true } });
    expect(server.asked).toHaveLength(1);
  });

  it("the path of a server behind a gateway", async () => {
    const server = await apiStub();
    await ask({ cluster: { server: `${server.url}/k8s/clusters/c-1/` } });
    expect(server.asked[0]?.url).toBe("/k8s/clusters/c-1/api/v1");
  });
});

describe("the user is shown by", () => {
  it.each<[string, () => object, object]>([
    ["a token", () => ({ token: TOKEN }), { authorization: `Bearer ${TOKEN}` }],
    [
      "a token's file, without its line end",
      () => ({ tokenFile: written(`${TOKEN}\n`) }),
      { authorization: `Bearer ${TOKEN}` },
    ],
    [
      "a name and a password",
      () => ({ username: "mé", password: "p:w" }),
      { authorization: `Basic ${basic("mé:p:w")}` },
    ],
    [
      "another one's name, groups and more",
      () => ({
        token: TOKEN,
        as: "jo",
        "as-uid": "7",
        "as-groups": ["a", "b"],
        "as-user-extra": { "x/y": ["1"] },
      }),
      {
        "impersonate-user": "jo",
        "impersonate-uid": "7",
        "impersonate-group": "a, b",
        "impersonate-extra-x%2fy": "1",
        authorization: `Bearer ${TOKEN}`,
      },
    ],
    [
      "an auth-provider",
      () => ({ "auth-provider": { name: "oidc", config: { "id-token": jwt() } } }),
      {
        authorization: expect.stringMatching(/^Bearer e/),
      },
    ],
  ])("%s", async (_, user, headers) => {
    const server = await apiStub();
    await ask({ cluster: { server: server.url }, user: user() });
    expect(server.asked[0]?.headers).toMatchObject(headers);
  });

  it("a client certificate", async () => {
    let shown: boolean | undefined;
    const tls = { ...own, requestCert: true, ca: own.cert };
    const server = await apiStub({
      tls,
      answer: ({ socket }, response) => {
        shown = "authorized" in socket && socket.authorized === true;
        response.end('{"resources":[]}');
      },
    });
    const user = { "client-certificate-data": btoa(own.cert), "client-key-data": btoa(own.key) };
    await ask({ cluster: { server: server.url, ...trusted() }, user });
    expect(shown).toBe(true);
  });
});

describe("an exec plugin", () => {
  const credential = (status: object) =>
    JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status });

  it("gives a token, is told of the cluster, and is asked once for many requests at once", async () => {
    const server = await apiStub();
    const marks = join(temporaryFolder(), "marks");
    const command = script(
      `echo "$MARK $KUBERNETES_EXEC_INFO $*" >> ${marks}; echo '${credential({ token: TOKEN })}'`,
    );
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command,
      args: ["get", "it"],
      env: [{ name: "MARK", value: "m" }],
      provideClusterInfo: true,
    };
    const client = clientOf({ cluster: { server: server.url }, user: { exec } });
    const versions = ["v1", "apps/v1", "batch/v1", "x/v1"];
    await Promise.allSettled(versions.map((apiVersion) => client.list({ apiVersion, kind: "x" })));
    const tokens = server.asked.map(({ headers }) => headers.authorization);
    expect(tokens).toEqual(versions.map(() => `Bearer ${TOKEN}`));
    const [line, ...more] = readFileSync(marks, "utf8").trim().split("\n");
    expect(more).toEqual([]);
    expect(line).toMatch(new RegExp(`^m .*"interactive":false.*"server":"${server.url}".* get it$`));
  });

  it("is asked again once what it gave is refused", async () => {
    const count = join(temporaryFolder(), "count");
    const command = script(`echo x >> ${count}; printf '{"status":{"token":"t%s"}}' $(wc -l < ${count})`);
    const server = await apiStub({
      answer: ({ headers }, response) => {
        response.statusCode = headers.authorization === "Bearer t2" ? 200 : 401;
        response.end('{"resources":[]}');
      },
    });
    await ask({ cluster: { server: server.url }, user: { exec: { apiVersion: "v1", command } } });
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
  });

  it.each([
    ["is not there", () => "/nowhere/plugin", "is not there. Its hint: Install it."],
    [
      "fails",
      () => script(`echo no >&2; echo "expired: ${TOKEN}" >&2; exit 3`),
      "failed with 3: expired: <secret>.",
    ],
    ["says nothing as it fails", () => script("exit 1"), "failed with 1: it said nothing."],
    ["answers with a bare token", () => script(`echo ${TOKEN}`), "did not answer with an ExecCredential."],
    [
      "answers with no credential",
      () => script(`echo '${credential({})}'`),
      "did not answer with an ExecCredential.",
    ],
  ])("that %s is something to check, and shows no credential", async (_, command, message) => {
    const exec = { apiVersion: "v1", command: command(), installHint: "Install it.\nThen run it." };
    const error = await ask({ user: { exec } }).catch((cause) => cause);
    expect(error).toMatchObject({ name: "EnvironmentError", message: expect.stringContaining(message) });
    expect(error.message).not.toContain("\n");
    expect(error.message).not.toContain(TOKEN);
  });
});

describe("a proxy", () => {
  const far = (url: string) => url.replace("127.0.0.1", "api.example.com");

  it.each([
    ["HTTP", () => httpProxy(), "Basic bWU6cHc="],
    ["SOCKS5", () => socksProxy(), "me:pw"],
  ])("of the kubeconfig is gone through, by %s, with what it wants to know", async (_, start, credentials) => {
    const [server, proxy] = [await apiStub({ tls: own }), await start()];
    const url = proxy.url.replace("//", "//me:pw@");
    await ask({ cluster: { server: far(server.url), ...trusted(), "proxy-url": url } });
    expect(proxy.asked).toEqual([{ target: far(server.url).slice("https://".length), credentials }]);
    expect(server.asked[0]?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}` });
  });

  it("of the kubeconfig comes before the environment's, and is told without its password", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:2");
    const url = `http://me:${TOKEN}@127.0.0.1:1`;
    const error = await ask({ cluster: { server: "https://api.example.com", "proxy-url": url } }).catch(
      (e) => e,
    );
    expect(error.message).toContain("through the proxy http://127.0.0.1:1 (connect ECONNREFUSED");
    expect(error.message).not.toContain(TOKEN);
  });

  it("of the environment is gone through, but not to what NO_PROXY lists", async () => {
    const [server, proxy] = [await apiStub({ tls: own }), await httpProxy()];
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    await ask({ cluster: { server: far(server.url), ...trusted() } });
    expect(proxy.asked).toHaveLength(1);
    await ask({ cluster: { server: server.url, ...trusted() } });
    expect(proxy.asked).toHaveLength(1);
  });

  // After the table of Go's own test of httpproxy, which kubectl's rules are.
  it.each([
    ["https://example.com", "", true],
    ["https://localhost:6443", "", false],
    ["https://127.9.9.9", "", false],
    ["https://[::1]:6443", "", false],
    ["https://example.com", "*", false],
    ["https://example.com", "example.com", false],
    ["https://a.example.com", "example.com", false],
    ["https://notexample.com", "example.com", true],
    ["https://example.com", ".example.com", true],
    ["https://a.example.com", ".example.com", false],
    ["https://example.com", "*.example.com", true],
    ["https://a.b.example.com", "*.example.com", false],
    ["https://example.com", "other.org, EXAMPLE.com", false],
    ["https://example.com", "example.com:443", false],
    ["https://example.com:6443", "example.com:443", true],
    ["https://example.com:6443", "example.com:6443", false],
    ["https://192.0.2.7:6443", "192.0.2.0/24", false],
    ["https://192.0.3.7:6443", "192.0.2.0/24", true],
    ["https://192.0.2.7:6443", "192.0.2.7", false],
    ["https://192.0.2.7:6443", "192.0.2.7:443", true],
    ["https://[2001:db8::7]:6443", "2001:db8::/32", false],
    ["https://[2001:db8::7]:6443", "[2001:db8::7]:6443", false],
    ["https://[2001:db8::7]", "2001:db8::8", true],
    ["https://0.example.com", "192.0.2.0/24, 192.0.2.0/99, /, :", true],
  ])("to %s with NO_PROXY=%s: %s", (server, list, isUsed) => {
    const env = { HTTPS_PROXY: "proxy:3128", NO_PROXY: list };
    expect(environmentProxy(new URL(server), env)?.href).toBe(isUsed ? "http://proxy:3128/" : undefined);
  });
});

/** Asks for the kinds of v1. */
async function ask(parts: Parts): Promise<void> {
  await clientOf(parts).read({ apiVersion: "v1", kind: "Nothing", metadata: { name: "x" } });
}

function clientOf(parts: Parts): ApiClient {
  return new ApiClient({ kubeconfig: written(config(parts)), context: "here" });
}

function trusted(): object {
  return { "certificate-authority-data": btoa(own.cert) };
}

function script(text: string): string {
  const file = written(`#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o700);
  return file;
}

function basic(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A token that says that it is good for an hour. */
function jwt(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ exp: Date.now() / 1000 + 3600 })}.x`;
}
