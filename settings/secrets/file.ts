import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isBytes, LONGEST, type SecretForm } from "../../schema/secrets/form.ts";
import type { Fault, Read } from "../../schema/secrets/forms/read.ts";

/** Reads a secret's file: its text, or the base64 of its bytes. */
export function readSecretFile(root: string, file: string, form: SecretForm): Read {
  try {
    const path = resolve(root, file);
    const { size, ...kind } = kindOf(path);
    if (!kind.isFile) return { fault: `${kind.words}, ${file}`, remedy: "name a file" };
    if (size > LONGEST) return { fault: `a file of more than ${LONGEST / 1024} KiB, ${file}` };
    const bytes = readFileSync(path);
    if (bytes.length === 0) return { fault: `an empty file, ${file}`, remedy: "write the secret into it" };
    if (isBytes(form)) return { value: bytes.toString("base64") };
    return text(bytes) ?? { fault: `a file that is no text in UTF-8, ${file}` };
  } catch (error) {
    return unreadable(error as NodeJS.ErrnoException);
  }
}

/** What is at a path. That it is there tells that the path is none: a secret's value can stand in its place by mistake. */
function kindOf(path: string) {
  const found = statSync(path);
  const words = found.isDirectory() ? "a folder" : "something that is no regular file";
  return { size: found.size, isFile: found.isFile(), words };
}

/** The text, without the mark that some editors start a file with. */
function text(bytes: Buffer): Read | undefined {
  try {
    return { value: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return undefined;
  }
}

/** The name is not shown: a value can stand there by mistake. */
function unreadable({ code = "unreadable" }: NodeJS.ErrnoException): Fault {
  return { fault: `a file that cannot be read (${code})`, remedy: "check the path" };
}
