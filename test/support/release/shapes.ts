import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** A request that a service answers. */
export interface Asked {
  readonly method: string;
  /** Below the service's own address. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export type Answer = readonly [status: number, body?: unknown, headers?: Record<string, string>];

const LIST = "application/vnd.oci.image.index.v1+json";

/** The lists of images that a registry has told of, by their digests. */
const lists = new Map<string, string>();

/** The digest that an image of a commit has: that of a list. */
export function digestOf(image: string, sha: string): string {
  const list = { schemaVersion: 2, mediaType: LIST, manifests: [{ digest: partOf(image, sha) }] };
  const text = JSON.stringify(list);
  const digest = sha256(text);
  lists.set(digest, text);
  return digest;
}

/** The digest of its list's image for one architecture. */
export function partOf(image: string, sha: string): string {
  return sha256(`${image} ${sha}`);
}

/** What a registry has under a digest. */
export function manifestOf(digest: string): Answer {
  const text = lists.get(digest);
  if (text === undefined) return [404, { errors: [{ code: "MANIFEST_UNKNOWN" }] }];
  return [200, JSON.parse(text), { "content-type": LIST, "docker-content-digest": digest }];
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** A pod as it is listed. */
export function podOf(name: string, container: object) {
  return {
    metadata: { name: `${name}-0`, namespace: "x" },
    status: { phase: "Running", containerStatuses: [{ name, ready: true, restartCount: 0, ...container }] },
  };
}
