/** What becomes of secret values: they are kept, to be applied, or each replaced by this text, to be shown. */
export type SecretValues = { readonly keep: true } | { readonly replaceBy: string };

/** The key and value by which Pulumi's wire format marks an object as standing for something else, and as a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Plain data from what Pulumi's mocks are handed, each secret value kept or replaced. */
export function unwrap(value: unknown, secrets: SecretValues): unknown {
  if (Array.isArray(value)) return value.map((item) => unwrap(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, unknown>;
  if (map[SIGNATURE] === SECRET)
    return "keep" in secrets ? unwrap(map.value, secrets) : replace(map.value, secrets.replaceBy);
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, unwrap(item, secrets)]));
}

function replace(value: unknown, by: string): unknown {
  if (Array.isArray(value)) return value.map((item) => replace(item, by));
  if (typeof value !== "object" || value === null) return by;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, by)]));
}
