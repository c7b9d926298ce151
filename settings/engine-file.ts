import type { StackConfig, StackFile } from "./stack-file.ts";

/**
 * Whether a stack file is what the engine read: `--config-file` names another one, and nothing tells the program which.
 * What is encrypted in the file can be anything, and everything else is the same.
 */
export function isWhatWasRead(
  read: { readonly values: StackConfig["values"]; readonly file: StackFile },
  { values, encryptedKeys = [] }: StackConfig,
): boolean {
  const encrypted = Object.keys(read.values).filter((key) => holdsEncrypted(read.values[key]));
  return isSame(read.values, values) && encrypted.toSorted().join() === encryptedKeys.toSorted().join();
}

/** Whether a value as it is written is the same as the one that the engine hands over for it. */
export function isSame(written: unknown, given: unknown): boolean {
  if (isEncrypted(written)) return true;
  // The engine hands over numbers and switches as text.
  if (!isContainer(written) || !isContainer(given)) return String(written) === String(given);
  const keys = Object.keys(written);
  const isAlike =
    Array.isArray(written) === Array.isArray(given) && keys.length === Object.keys(given).length;
  return isAlike && keys.every((key) => Object.hasOwn(given, key) && isSame(written[key], given[key]));
}

function holdsEncrypted(value: unknown): boolean {
  return isEncrypted(value) || (isContainer(value) && Object.values(value).some(holdsEncrypted));
}

/** As Pulumi writes what it has encrypted. */
function isEncrypted(value: unknown): boolean {
  return isContainer(value) && Object.keys(value).join() === "secure" && typeof value.secure === "string";
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
