import { formatPath, type Path } from "../path.ts";
import type { StackConfig } from "../stack-file.ts";
import type { Violation } from "../violation.ts";

/**
 * Secrets of which nobody can tell whether they were encrypted. The engine hands over what it has decrypted, and says of a
 * key only that something in it was encrypted; where it did not read the stack's own file, no file tells more.
 */
export function unproven({ stack, values, file, encryptedKeys }: StackConfig): Violation[] {
  if (file !== undefined || encryptedKeys === undefined) return [];
  return texts(values.secrets, ["secrets"]).map((path) => ({
    path,
    given: "a value of which nobody can tell whether it was encrypted",
    allowed: `an encrypted value in Pulumi.${stack}.yaml, or { file: PATH }`,
    remedy: `leave out --config-file, and pulumi config set --secret --path '${formatPath(path)}'; or name a file`,
  }));
}

/** What is encrypted and is no secret: only the engine could read it, and `render` would know of nothing. */
export function needlesslyEncrypted({ file, encryptedKeys = [] }: StackConfig): Violation[] {
  return encryptedKeys
    .filter((key) => key !== "secrets")
    .map((key) => ({
      path: [key],
      given: "an encrypted value",
      allowed: "a value in plain text: secrets alone are encrypted",
      remedy: `write it into ${file?.name ?? "the stack file"} as it is`,
    }));
}

/** The paths of all texts in a map of secrets, but for those that say where a secret is, or why there is none. */
function texts(value: unknown, path: Path): Path[] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null || "file" in value || "leftOut" in value) return [];
  return Object.entries(value).flatMap(([key, item]) => texts(item, [...path, key]));
}
