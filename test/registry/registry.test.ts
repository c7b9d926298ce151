import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EnvironmentError, UserError } from "../../errors.ts";
import { challengeIn } from "../../registry/challenge.ts";
import { locate } from "../../registry/image-location.ts";
import { Registry } from "../../registry/registry.ts";
import { refused } from "../../registry/registry-error.ts";
import { FakeRegistry, say } from "../support/registry.ts";

const NAME = "packit/packit-worker:stg";

let server: FakeRegistry;
const registry = (timeoutMs?: number) =>
  new Registry({ dispatcher: new Agent(), ...(timeoutMs && { timeoutMs }) });
const present = (name = NAME, timeoutMs?: number) => registry(timeoutMs).present(`${server.host}/${name}`);
const paths = () => server.asked.map((one) => one.replace(/\?.*/, ""));

beforeEach(async () => {
  server = await new FakeRegistry().start();
});
afterEach(() => server.stop());

describe("what a tag leads to", () => {
  it("is asked with the token that anybody is given, and told without the image being sent", async () => {
    const digest = server.push(NAME, "one");
    expect(await present()).toEqual({ digest, platforms: [] });
    const manifest = "HEAD /v2/packit/packit-worker/manifests/stg";
    expect(paths()).toEqual([manifest, "GET /token", manifest]);
    const { searchParams } = new URL(server.asked[1]?.split(" ")[1] ?? "", "http://x");
    expect(Object.fromEntries(searchParams)).toEqual({
      service: server.host,
      scope: "repository:packit/packit-worker:pull",
    });
  });

  it("is asked with one token for each repository, however often it is asked", async () => {
    server.push(NAME, "one");
    server.push("packit/dashboard:stg", "two");
    const one = registry();
    for (const name of [NAME, NAME, "packit/dashboard:stg", NAME])
      await one.present(`${server.host}/${name}`);
    expect(paths().filter((path) => path === "GET /token")).toHaveLength(2);
  });

  it("is a list of images too, each of which a node may call it by", async () => {
    const list = server.pushList(NAME, ["amd64", "arm64"]);
    expect(await present()).toEqual(list);
    expect(paths().at(-1)).toBe(`GET /v2/packit/packit-worker/manifests/${list.digest}`);
    expect(await present(`packit/packit-worker:stg@${list.digest}`)).toEqual(list);
  });

  it("is computed where the registry does not say it", async () => {
    server.tellsDigests = false;
    const digest = server.push(NAME, "one");
    expect(await present()).toEqual({ digest, platforms: [] });
    const list = server.pushList(NAME, ["amd64", "arm64"]);
    expect(await present()).toEqual(list);
  });

  it("is asked of the registry's other hosts, to which the token does not go", async () => {
    const digest = server.push(NAME, "one");
    const other = await new FakeRegistry().start();
    const tokens: unknown[] = [];
    other.fault = (request, response) => {
      tokens.push(request.headers.authorization);
      response.setHeader("content-type", "application/vnd.oci.image.manifest.v1+json");
      response.setHeader("docker-content-digest", digest);
      response.end();
      return true;
    };
    server.fault = (request, response) => {
      if (!request.headers.authorization || request.url?.startsWith("/token")) return false;
      response.writeHead(307, { location: `http://${other.host}${request.url}` }).end();
      return true;
    };
    expect(await present()).toEqual({ digest, platforms: [] });
    expect(tokens).toEqual([undefined]);
    await other.stop();
  });
});

describe("a registry that does not say it", () => {
  const times = (count: number, status: number, headers: Readonly<Record<string, string>> = {}) => {
    let left = count;
    server.fault = (_, response) => {
      if (left-- <= 0) return false;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      say(response, status, "TROUBLE");
      return true;
    };
  };

  it.each([429, 500, 502, 503])("with %i is asked again, and the token's service too", async (status) => {
    const digest = server.push(NAME, "one");
    times(2, status);
    expect((await present()).digest).toBe(digest);
    let left = 1;
    server.fault = (request, response) => {
      if (!request.url?.startsWith("/token") || left-- <= 0) return false;
      say(response, status, "TROUBLE");
      return true;
    };
    expect((await present()).digest).toBe(digest);
  });

  it("for the moment is asked again when it says, at the earliest", async () => {
    const pause = (status: number) => refused("quay.io", NAME, status, 7).passing;
    expect([429, 503, 502, 400].map(pause)).toEqual([
      { why: "busy", pauseSeconds: 7 },
      { why: "busy", pauseSeconds: 7 },
      { why: "broken", pauseSeconds: 7 },
      undefined,
    ]);
    const digest = server.push(NAME, "one");
    times(1, 429, { "retry-after": "1" });
    expect((await present()).digest).toBe(digest);
  });

  it("because the connection breaks is asked again", async () => {
    const digest = server.push(NAME, "one");
    let left = 2;
    server.fault = (request) => {
      if (left-- <= 0) return false;
      request.socket.destroy();
      return true;
    };
    expect((await present()).digest).toBe(digest);
  });

  it("at all is left alone after a while, and said to be silent", async () => {
    server.fault = () => true;
    const error = await present(NAME, 200).catch((error) => error);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toContain(`The registry ${server.host} cannot be asked: it does not answer.`);
    expect(server.asked).toHaveLength(1);
  });

  it("in time stops in the middle of an answer", async () => {
    server.pushList(NAME, ["amd64", "arm64"]);
    server.fault = (request, response) => {
      if (request.method === "HEAD" || request.url?.startsWith("/token")) return false;
      response.writeHead(200, { "content-length": "1000" });
      response.write("{");
      return true;
    };
    await expect(present(NAME, 500)).rejects.toThrow("it does not answer");
  });

  it("but sends something else than what has the digest is not believed", async () => {
    server.pushList(NAME, ["amd64", "arm64"]);
    server.fault = (request, response) => {
      if (request.method === "HEAD" || request.url?.startsWith("/token")) return false;
      response.setHeader("content-type", "application/vnd.docker.distribution.manifest.list.v2+json");
      response.end(JSON.stringify({ manifests: [] }));
      return true;
    };
    await expect(present()).rejects.toThrow("is not what a registry answers");
  });

  it("with a form of its own is no registry", async () => {
    server.pushList(NAME, ["amd64"]);
    const page: typeof server.fault = (request, response) => {
      if (request.method === "HEAD" || request.url?.startsWith("/token")) return false;
      response.end("<html>Log in to the network</html>");
      return true;
    };
    server.fault = page;
    await expect(present()).rejects.toThrow("is not what a registry answers");
  });

  it.each([
    ["http://tokens.example.com/", "is not what a registry answers"],
    ["nonsense", "shows it to nobody without a login"],
  ])("and sends to %s for tokens gets no request there", async (realm, message) => {
    server.fault = (_, response) => {
      response.setHeader("www-authenticate", `Bearer realm="${realm}"`);
      say(response, 401, "UNAUTHORIZED");
      return true;
    };
    await expect(present()).rejects.toThrow(message);
  });

  it("since nothing listens there is told of at the end of its tries", async () => {
    await server.stop();
    const error = await registry()
      .present("127.0.0.1:1/a:1")
      .catch((error) => error);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toContain("The registry 127.0.0.1:1 cannot be asked: connect ECONNREFUSED");
    server = await new FakeRegistry().start();
  });
});

describe("an image that is not there", () => {
  it.each([
    [404, "knows no such image"],
    [401, "shows it to nobody without a login"],
    [403, "shows it to nobody without a login"],
  ])("is an error of whoever named it: %i", async (status, message) => {
    server.fault = (request, response) => {
      if (!request.headers.authorization) return false;
      say(response, status, "DENIED");
      return true;
    };
    const error = await present().catch((error) => error);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toContain(message);
    expect(error.message).toContain(`${server.host}/${NAME}`);
  });
});

describe("a reference's location", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  it.each([
    ["quay.io/packit/packit-worker:stg", "https://quay.io", "packit/packit-worker", "stg"],
    [`quay.io/packit/packit-worker:stg@${digest}`, "https://quay.io", "packit/packit-worker", digest],
    ["mher/flower:2.0", "https://registry-1.docker.io", "mher/flower", "2.0"],
    ["valkey:8", "https://registry-1.docker.io", "library/valkey", "8"],
    ["docker.io/valkey:8", "https://registry-1.docker.io", "library/valkey", "8"],
    ["reg.example.com:5000/a/b/c:T_1", "https://reg.example.com:5000", "a/b/c", "T_1"],
    ["localhost:5000/a:1", "http://localhost:5000", "a", "1"],
    ["127.0.0.1.example.com/a:1", "https://127.0.0.1.example.com", "a", "1"],
  ])("of %s", (reference, origin, repository, version) => {
    expect(locate(reference)).toEqual({ origin, repository, version });
  });
});

describe("what a registry wants", () => {
  it.each([
    // As quay.io and Docker Hub say it.
    [
      'Bearer realm="https://quay.io/v2/auth",service="quay.io",scope="repository:p/w:pull"',
      "https://quay.io/v2/auth",
    ],
    [
      'bearer realm="https://auth.docker.io/token", service="registry.docker.io"',
      "https://auth.docker.io/token",
    ],
    ['Basic realm="x"', undefined],
    ["", undefined],
  ])("is read from %s", (header, realm) => {
    expect(challengeIn(header)?.realm.href).toBe(realm);
  });
});
