import { check } from "./check.ts";
import { defaultSandboxNamespace } from "./namespaces.ts";
import { type SchemaOutput, schema } from "./schema.ts";
import { readSecrets, type SecretSource, type Secrets } from "./secrets.ts";
import { PREFIX, type StackConfig } from "./stack-file.ts";
import { nearest, type Violation, violationsError } from "./violation.ts";

/** All that a stack says, checked, with every default filled in: the one value that components are made from. */
export interface Settings extends Omit<SchemaOutput, "sandboxNamespace"> {
  /** The stack's name, as in Pulumi.<stack>.yaml. */
  readonly stack: string;
  readonly sandboxNamespace: string;
  readonly secrets: Secrets;
}

/** Parses a stack's configuration; throws one UserError that names everything that is wrong with it. */
export function loadSettings(config: StackConfig, source: SecretSource): Settings {
  const { secrets: _, ...values } = config.values;
  const checked = check(schema, values);
  const forges = "data" in checked ? checked.data.forges : forgesOf(values);
  const { secrets, violations } = readSecrets(config, forges, source);
  const hidden = checked.violations.map((violation) => hide(config, violation));
  const all = [...foreignKeys(config), ...hidden, ...violations];
  if (!("data" in checked) || all.length > 0) throw violationsError(config, all);
  const { data } = checked;
  const sandboxNamespace = data.sandboxNamespace ?? defaultSandboxNamespace(data.namespace);
  return deepFreeze({ ...data, stack: config.stack, sandboxNamespace, secrets });
}

/** The forges as far as they can be made out when the settings are wrong, so that missing tokens are named too. */
function forgesOf(values: Readonly<Record<string, unknown>>) {
  const alone = schema.shape.forges.safeParse(values.forges);
  return alone.success ? alone.data : {};
}

/** An encrypted value is not shown, wherever it stands. */
function hide(config: StackConfig, violation: Violation): Violation {
  const inFile = violation.path.some((_, i) => config.file?.isEncrypted(violation.path.slice(0, i + 1)));
  const encrypted = inFile || config.encryptedKeys?.includes(String(violation.path[0]));
  return encrypted ? { ...violation, given: "an encrypted value" } : violation;
}

/** Keys whose prefix looks like a mistyped form of this program's own; other providers' keys are none of its business. */
function foreignKeys(config: StackConfig): Violation[] {
  const own = PREFIX.slice(0, -1);
  return (config.file?.keys ?? [])
    .filter((key) => !key.startsWith(PREFIX) && nearest(key.split(":")[0] ?? "", [own]) !== undefined)
    .map((key) => ({
      path: [],
      key,
      given: "an unknown prefix",
      allowed: `keys that start with ${PREFIX}`,
      remedy: `did you mean ${PREFIX}${key.split(":").slice(1).join(":")}?`,
    }));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
