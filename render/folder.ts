import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { UserError } from "../errors.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";

/** The file that lists what the last run wrote, so that the next one can take away what is no longer declared. */
const MANIFEST = ".rendered";

/** Writes one file an object. The folder is new or empty, or holds what an earlier run wrote, which is replaced. */
export function writeFolder(
  folder: string,
  objects: readonly KubernetesObject[],
  format: "yaml" | "json",
): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) throw new UserError(`${folder} is no folder.`);
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, MANIFEST);
  if (!existsSync(manifest) && readdirSync(folder).length > 0) {
    throw new UserError(`${folder} holds files that this command did not write. Name a new or empty folder.`);
  }
  const former = existsSync(manifest) ? readFileSync(manifest, "utf8").split("\n").filter(isPlainName) : [];
  for (const name of former) rmSync(join(folder, name), { force: true });
  const files = objects.map((object) => [fileName(object, format), text(object, format)] as const);
  // First the list, so that a run that dies half way leaves nothing that the next one would not know.
  writeFileSync(manifest, files.map(([name]) => `${name}\n`).join(""));
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
}

function fileName({ kind, metadata }: KubernetesObject, format: string): string {
  return `${[kind.toLowerCase(), metadata.namespace, metadata.name].filter(Boolean).join("_")}.${format}`;
}

function text(object: KubernetesObject, format: "yaml" | "json"): string {
  return format === "yaml" ? stringify(object, { lineWidth: 0 }) : `${JSON.stringify(object, null, 2)}\n`;
}

function isPlainName(name: string): boolean {
  return name !== "" && !name.includes("/") && name !== "..";
}
