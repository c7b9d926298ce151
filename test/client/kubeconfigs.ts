import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { temporaryFolder } from "../support/folder.ts";

/** A token that no error may show. */
export const TOKEN = "s3cr3t-token-which-nobody-may-see";

export interface Parts {
  readonly cluster?: object;
  readonly user?: object;
}

/** A kubeconfig with the context `here`, of the cluster `c` and the user `u`. */
export function config({ cluster = {}, user = { token: TOKEN } }: Parts = {}) {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: named("here"),
  };
}

/** The list of one context of that name. */
export function named(name: string) {
  return [{ name, context: { cluster: "c", user: "u" } }];
}

/** Writes a file, given as a value or as its text, for one test. Returns its path. */
export function written(content: object | string): string {
  const file = join(temporaryFolder(), "config");
  writeFileSync(file, typeof content === "string" ? content : stringify(content));
  return file;
}
