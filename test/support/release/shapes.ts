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

/** The digest that an image of a commit has. */
export function digestOf(image: string, sha: string): string {
  return `sha256:${createHash("sha256").update(`${image} ${sha}`).digest("hex")}`;
}

/** The digest of a list's image for one architecture. */
export function partOf(digest: string): string {
  return `sha256:${createHash("sha256").update(digest).digest("hex")}`;
}

/** A pod as it is listed. */
export function podOf(name: string, container: object) {
  return {
    metadata: { name: `${name}-0`, namespace: "x" },
    status: { phase: "Running", containerStatuses: [{ name, ready: true, restartCount: 0, ...container }] },
  };
}
