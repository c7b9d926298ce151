import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { EnvironmentError, UserError } from "../errors.ts";
import { makeFolder } from "../system/make-folder.ts";
import { describeSystemError, systemError } from "../system/system-error.ts";
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

/**
 * Writes files. The folder is new or empty, or holds what an earlier run wrote, which is replaced; whatever else is in
 * it by now stays.
 */
export function writeFolder(folder: string, files: readonly NamedText[]): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) throw new UserError(`${folder} is no folder.`);
  makeFolder(folder);
  const manifest = join(folder, MANIFEST);
  const former = formerNames(folder, manifest);
  const foreign = files
    .map(([name]) => name)
    .find((name) => {
      const place = placeOf(folder, name);
      return place === "other" || (place === "file" && !former.includes(name));
    });
  if (foreign !== undefined) {
    throw new UserError(
      `${join(folder, foreign)} is not of this command, which would write it. Move it away, or name another folder.`,
    );
  }
  for (const name of former) if (placeOf(folder, name) === "file") rmSync(join(folder, name));
  // First the list, so that a run that dies half way leaves nothing that the next one would not know.
  writeText(manifest, files.map(([name]) => `${name}\n`).join(""));
  for (const [name, content] of files) {
    makeFolder(join(folder, dirname(name)));
    writeText(join(folder, name), content);
  }
}

/** What the last run has written, by its list; nothing into an empty folder. */
function formerNames(folder: string, manifest: string): readonly string[] {
  if (statSync(manifest, { throwIfNoEntry: false })?.isFile())
    return readFileSync(manifest, "utf8").split("\n").filter(isOwnName);
  if (readdirSync(folder).length === 0) return [];
  throw new UserError(`${folder} holds files that this command did not write. Name a new or empty folder.`);
}

/** What is at the place of a file: nothing, a file, or something through which or into which nothing is written. */
function placeOf(folder: string, name: string): "free" | "file" | "other" {
  const around = dirname(name);
  const outer = around === "." ? "folder" : kindOf(join(folder, around));
  if (outer !== "folder") return outer === undefined ? "free" : "other";
  const inner = kindOf(join(folder, name));
  return inner === undefined ? "free" : inner === "file" ? "file" : "other";
}

function kindOf(path: string): "file" | "folder" | "other" | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
}

/** Of a disk that is full, the system does not say where. */
function writeText(path: string, content: string): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    const system = systemError(error);
    throw system ? new EnvironmentError(describeSystemError({ path, ...system })) : error;
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

/** Whether a name can be one of those that this command writes: a list of somebody else's names nothing to remove. */
function isOwnName(name: string): boolean {
  return /^\d\d_[^/]+\.(yaml|json)$|^secrets\/[^/]+\.(yaml|j2)$/.test(name);
}
