import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { UserError } from "../errors.ts";
import { type KubernetesObject, rank } from "./kubernetes-object.ts";

/** The file that lists what the last run wrote, so that the next one can take away what is no longer declared. */
const MANIFEST = ".rendered";

/** A file's name, with the folder within the folder if it is in one, and its text. */
export type NamedText = readonly [name: string, text: string];

/** One file an object, numbered by the order in which they can be applied. */
export function objectFiles(
  objects: readonly KubernetesObject[],
  format: "yaml" | "json",
): readonly NamedText[] {
  return objects.map((object) => [fileName(object, format), text(object, format)]);
}

/** Writes files. The folder is new or empty, or holds what an earlier run wrote, which is replaced. */
export function writeFolder(folder: string, files: readonly NamedText[]): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) throw new UserError(`${folder} is no folder.`);
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, MANIFEST);
  if (!existsSync(manifest) && readdirSync(folder).length > 0) {
    throw new UserError(`${folder} holds files that this command did not write. Name a new or empty folder.`);
  }
  const former = existsSync(manifest) ? readFileSync(manifest, "utf8").split("\n").filter(isPlainName) : [];
  for (const name of former) rmSync(join(folder, name), { force: true });
  // First the list, so that a run that dies half way leaves nothing that the next one would not know.
  writeFileSync(manifest, files.map(([name]) => `${name}\n`).join(""));
  for (const [name, content] of files) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

function fileName(object: KubernetesObject, format: string): string {
  const { kind, metadata } = object;
  const place = String(rank(object)).padStart(2, "0");
  return `${[place, kind.toLowerCase(), metadata.namespace, metadata.name].filter(Boolean).join("_")}.${format}`;
}

function text(object: KubernetesObject, format: "yaml" | "json"): string {
  return format === "yaml" ? stringify(object, { lineWidth: 0 }) : `${JSON.stringify(object, null, 2)}\n`;
}

/** Whether a name leads to a file of this folder, or of one within it. */
function isPlainName(name: string): boolean {
  const steps = name.split("/");
  return steps.length <= 2 && !steps.some((step) => step === "" || step === "." || step === "..");
}
