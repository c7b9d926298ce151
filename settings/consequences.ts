import { CATALOGUE } from "../components/catalogue.ts";
import type { SecretSpecs } from "../schema/secrets/spec.ts";
import type { Path } from "./path.ts";
import type { Violation } from "./violation.ts";

/** The settings that decide whether something is asked for, or known, by the beginning of its path. */
const DECIDED_BY: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    Object.entries<SecretSpecs[string]>(CATALOGUE).map(([name, { decidedBy = [] }]) => [
      `secrets.${name}`,
      decidedBy,
    ]),
  ),
  "secrets.forgeTokens": ["forges", "role", "distGit"],
  "secrets.github": ["github"],
  secretRecords: ["forges", "role", "github"],
};

/**
 * Whether a mistake may come from others that were found before: from one around it, or from a setting that is wrong
 * itself, so that it is not known what was meant.
 */
export function isConsequence({ path }: Pick<Violation, "path">, found: readonly Violation[]): boolean {
  const wrong = found.map(({ path: [first] }) => first);
  const decided = [path.slice(0, 1), path.slice(0, 2)].flatMap((one) => DECIDED_BY[one.join(".")] ?? []);
  return decided.some((key) => wrong.includes(key)) || found.some((other) => isWithin(path, other.path));
}

function isWithin(path: Path, above: Path): boolean {
  return above.length > 0 && above.every((step, i) => path[i] === step);
}
