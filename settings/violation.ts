import { UserError } from "../errors.ts";
import { showExample } from "./example.ts";
import { nearest } from "./nearest.ts";
import { formatPath, type Path, PREFIX } from "./path.ts";
import type { StackConfig } from "./stack-file.ts";

export { formatPath, nearest };

/** One thing that is wrong with a stack's settings, with all that is needed to mend it. */
export interface Violation {
  readonly path: Path;
  /** The whole name of the setting, where it is none of this program's. */
  readonly key?: string;
  /** The value as it may be shown; never that of a secret. */
  readonly given: string;
  readonly allowed: string;
  /** What to do; or the value to set, for something that is missing. */
  readonly remedy: string | { readonly set: unknown };
}

/** One error for all violations, each with its line in the file where it has one. */
export function violationsError(config: StackConfig, violations: readonly Violation[]): UserError {
  const count = violations.length === 1 ? "1 setting is wrong" : `${violations.length} settings are wrong`;
  const placed = violations
    .map((violation) => ({ violation, ...place(config, violation) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const name = nameOf(config);
  const files = [...new Set(placed.map(({ file }) => file ?? name))].join(" and ");
  const list = placed.map(({ violation, file, line, isShared }) =>
    format(violation, line === undefined ? (file ?? name) : `${file}:${line}`, isShared ? file : undefined),
  );
  return new UserError(`${files}: ${count}; nothing was applied.\n\n${list.join("\n\n")}`);
}

/** What to do about an unknown key: the known one that it most likely stands for, if possible one that is not `taken`. */
export function remedyForKey(key: string, known: readonly string[], taken: readonly string[] = []): string {
  const free = known.filter((name) => !taken.includes(name));
  const meant = nearest(key, free) ?? nearest(key, known);
  return meant === undefined ? "remove it" : `did you mean ${meant}?`;
}

/** The file in which a setting stands, or should, and its line there. */
function place({ file, project }: StackConfig, { path, key }: Violation) {
  const isShared = key === undefined && project?.keys.includes(`${PREFIX}${path[0]}`) === true;
  const holder = isShared ? project : file;
  return { file: holder?.name, line: holder?.line(path, key), isShared };
}

function nameOf({ file, origin, stack }: StackConfig): string {
  return file?.name ?? origin ?? `stack ${stack}`;
}

/** @param shared The file for all stacks, where the setting stands in that: no command of Pulumi's changes it. */
function format({ path, key, given, allowed, remedy }: Violation, place: string, shared?: string): string {
  const wanted = typeof remedy === "string" ? remedy : missing(path, showExample(remedy.set), shared);
  return [
    `  ${place}  ${key ?? formatPath(path)}`,
    `    given    ${given}`,
    `    allowed  ${allowed}`,
    `    remedy   ${wanted}`,
  ].join("\n");
}

function missing(path: Path, example: string, shared: string | undefined): string {
  if (shared === undefined) return `add it: pulumi config set --path '${formatPath(path)}' ${example}`;
  const [first, ...rest] = path;
  const below = formatPath([first ?? "", "default", ...rest.slice(0, -1)]);
  return `add it to ${shared}, below ${below}, as ${path.at(-1)}: ${example}`;
}
