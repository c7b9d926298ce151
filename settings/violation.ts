import { UserError } from "../errors.ts";
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
  readonly remedy: string;
}

/** One error for all violations, each with its line in the stack file where it has one. */
export function violationsError(config: StackConfig, violations: readonly Violation[]): UserError {
  const name = config.file?.name ?? `stack ${config.stack}`;
  const count = violations.length === 1 ? "1 setting is wrong" : `${violations.length} settings are wrong`;
  const list = violations
    .map((violation) => ({ violation, ...place(config, violation) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ violation, file, line }) => format(violation, line === undefined ? name : `${file}:${line}`));
  return new UserError(`${name}: ${count}; nothing was applied.\n\n${list.join("\n\n")}`);
}

/** What to do about an unknown key: the known one that it most likely stands for, if possible one that is not `taken`. */
export function remedyForKey(key: string, known: readonly string[], taken: readonly string[] = []): string {
  const free = known.filter((name) => !taken.includes(name));
  const meant = nearest(key, free) ?? nearest(key, known);
  return meant === undefined ? "remove it" : `did you mean ${meant}?`;
}

/** The file in which a setting stands, or should, and its line there. */
function place({ file, project }: StackConfig, { path, key }: Violation) {
  const isShared = key === undefined && project?.keys.includes(`${PREFIX}${path[0]}`);
  const holder = isShared ? project : file;
  return { file: holder?.name, line: holder?.line(path, key) };
}

function format({ path, key, given, allowed, remedy }: Violation, place: string): string {
  return [
    `  ${place}  ${key ?? formatPath(path)}`,
    `    given    ${given}`,
    `    allowed  ${allowed}`,
    `    remedy   ${remedy}`,
  ].join("\n");
}
