import { withRoleDefaults } from "../components/configuration/role.ts";
import { refusals } from "../components/refusals.ts";
import { schema } from "../components/schema.ts";
import type { Settings } from "../components/settings.ts";
import { defaultSandboxNamespace } from "../components/stack/namespaces.ts";
import { check } from "./check.ts";
import { coerced } from "./coerce.ts";
import { isConsequence } from "./consequences.ts";
import { isSame } from "./engine-file.ts";
import { sharedWithOthers } from "./others.ts";
import { recovered } from "./recover.ts";

import { needlesslyEncrypted, unproven } from "./secrets/encryption.ts";
import { secretLife } from "./secrets/life.ts";
import { secretNeeds } from "./secrets/needs.ts";
import { readSecrets } from "./secrets/secrets.ts";
import type { SecretSource } from "./secrets/source.ts";
import { PREFIX, type StackConfig } from "./stack-file.ts";
import { checkedStack } from "./stack-name.ts";
import { nearest, type Violation, violationsError } from "./violation.ts";

/** Parses a stack's configuration; throws one UserError that names everything that is wrong with it. */
export function loadSettings(config: StackConfig, source: SecretSource, today = new Date()): Settings {
  checkedStack(config.stack);
  const { secrets: _, ...raw } = config.values;
  const values = coerced(schema, withRoleDefaults(raw));
  const checked = check(schema, values);
  const data = "data" in checked ? checked.data : recovered(schema, values);
  const wrong = checked.violations.map(({ path: [first] }) => first);
  const { secrets, violations } = readSecrets(config, secretNeeds(data, wrong), source);
  const life = data && secretLife(data, secrets, today);
  const together = (data ? refusals(data) : [])
    .filter(({ reads = [] }) => !reads.some((key) => wrong.includes(key)))
    .filter((refusal) => !isConsequence(refusal, checked.violations))
    .map(({ path, value, allowed, remedy }): Violation => ({ path, given: value, allowed, remedy }));
  const found = [...checked.violations, ...together].map((violation) => hide(config, violation));
  const all = [
    ...foreignKeys(config),
    ...misplaced(config),
    ...needlesslyEncrypted(config),
    ...unproven(config),
    ...found,
    ...[...violations, ...(life?.violations ?? [])].filter((one) => !isConsequence(one, checked.violations)),
    ...sharedWithOthers(config).map((violation) => hide(config, violation)),
  ];
  if (data === undefined || all.length > 0) throw violationsError(config, unique(all));
  const sandboxNamespace = data.sandboxNamespace ?? defaultSandboxNamespace(data.namespace);
  const warnings = (life?.warnings ?? []).map((line) => `stack ${config.stack}: ${line}`);
  return deepFreeze({ ...data, stack: config.stack, sandboxNamespace, secrets, warnings });
}

/** The first of the violations of each setting: one recovered wrongly may be found wrong again. */
function unique(violations: readonly Violation[]): Violation[] {
  const paths = violations.map(({ path, key }) => key ?? JSON.stringify(path));
  return violations.filter((_, i) => paths.indexOf(paths[i] ?? "") === i);
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

/** What the project says for all stacks is no stack's own. */
function misplaced({ file, project, values }: StackConfig): Violation[] {
  const shared = project?.values() ?? {};
  const isOwn = (key: string) =>
    file ? file.keys.includes(`${PREFIX}${key}`) : !isSame(shared[key], values[key]);
  return Object.keys(shared)
    .filter(isOwn)
    .map((key) => ({
      path: [],
      key: `${PREFIX}${key}`,
      given: "a value of this stack's own",
      allowed: `the value in ${project?.name}, which all stacks share`,
      remedy: `remove it here: pulumi config rm ${PREFIX}${key}`,
    }));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
