import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { LocalServer } from "./local-server.ts";

const TYPES = {
  image: "application/vnd.oci.image.manifest.v1+json",
  list: "application/vnd.docker.distribution.manifest.list.v2+json",
};

interface Manifest {
  readonly text: string;
  readonly type: string;
}

/** An answer that is given in place of the usual one; nothing to give that. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A registry on this machine that answers as quay.io and Docker Hub do: to those alone who have come by a token. */
export class FakeRegistry extends LocalServer {
  /** What was asked, as `HEAD /v2/packit/packit-worker/manifests/stg`. */
  readonly asked: string[] = [];
  /** Asked before each answer. */
  fault: Fault = () => false;
  /** Whether HEAD tells digests, which not all do. */
  tellsDigests = true;
  readonly #manifests = new Map<string, Manifest>();

  /** Puts an image under a name, as `packit/packit-worker:stg`. Returns its digest. */
  push(name: string, content: string): string {
    const text = JSON.stringify({ schemaVersion: 2, mediaType: TYPES.image, config: { content } });
    return this.#put(name, { text, type: TYPES.image });
  }

  /** Puts a list of images under a name, one for each kind of machine. Returns its digest and theirs. */
  pushList(name: string, contents: readonly string[]): { digest: string; platforms: string[] } {
    const platforms = contents.map((content) => this.push(name, content));
    const manifests = platforms.map((digest, i) => ({
      digest,
      platform: { os: "linux", architecture: `a${i}` },
    }));
    const text = JSON.stringify({ schemaVersion: 2, mediaType: TYPES.list, manifests });
    return { digest: this.#put(name, { text, type: TYPES.list }), platforms };
  }

  #put(name: string, manifest: Manifest): string {
    const digest = `sha256:${createHash("sha256").update(manifest.text).digest("hex")}`;
    const [repository = "", tag = ""] = name.split(":");
    this.#manifests.set(`${repository} ${tag}`, manifest);
    this.#manifests.set(`${repository} ${digest}`, manifest);
    return digest;
  }

  protected answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    this.asked.push(`${method} ${url}`);
    if (this.fault(request, response)) return;
    const { pathname, searchParams } = new URL(url, `http://${this.host}`);
    if (pathname === "/token") {
      const token = Buffer.from(searchParams.get("scope") ?? "").toString("base64url");
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ token, expires_in: 300 }));
      return;
    }
    const [, repository = "", version = ""] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(pathname) ?? [];
    const scope = `repository:${repository}:pull`;
    if (headers.authorization !== `Bearer ${Buffer.from(scope).toString("base64url")}`) {
      const realm = `http://${this.host}/token`;
      response.setHeader(
        "www-authenticate",
        `Bearer realm="${realm}",service="${this.host}",scope="${scope}"`,
      );
      say(response, 401, "UNAUTHORIZED");
      return;
    }
    const found = this.#manifests.get(`${repository} ${version}`);
    if (found === undefined || !headers.accept?.includes(found.type)) {
      say(response, 404, "MANIFEST_UNKNOWN");
      return;
    }
    const digest = `sha256:${createHash("sha256").update(found.text).digest("hex")}`;
    response.setHeader("content-type", found.type);
    if (this.tellsDigests) response.setHeader("docker-content-digest", digest);
    response.end(method === "HEAD" ? undefined : found.text);
  }
}

/** An error as the specification has it. */
export function say(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
}
