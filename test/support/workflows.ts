import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PAGES } from "./documented.ts";
import { ROOT } from "./stacks.ts";

/** A step of a job or of a composite action, as far as it is looked at. */
export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly steps?: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  /** A workflow that it calls, instead of steps. */
  readonly uses?: string;
  readonly [key: string]: unknown;
}

export interface Workflow {
  readonly on: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** A file of GitHub Actions, or a part of a page that shows one. */
export interface Source<T> {
  /** The file below the project's folder, for a part of a page with its number in it. */
  readonly path: string;
  readonly text: string;
  readonly parsed: T;
}

/** The workflows that GitHub runs. */
export const WORKFLOWS: readonly Source<Workflow>[] = read(".github/workflows/*.{yml,yaml}");

/** The actions that workflows share. */
export const ACTIONS: readonly Source<{ readonly runs: { readonly steps: readonly Step[] } }>[] = read(
  ".github/actions/*/action.{yml,yaml}",
);

/** The workflows that pages show. */
export const SHOWN: readonly Source<Workflow>[] = PAGES.flatMap((page) =>
  shownIn(page, readFileSync(join(ROOT, page), "utf8")),
);

/** The workflows that a page shows; its blocks of other files have no `on` or no `jobs` at the start of a line. */
export function shownIn(page: string, text: string): Source<Workflow>[] {
  return [...text.matchAll(/^```ya?ml\n(.*?)^```$/gms)].flatMap(([, block = ""], i) =>
    /^on:/m.test(block) && /^jobs:/m.test(block)
      ? [{ path: `${page}-${i}.yml`, text: block, parsed: parse(block) as Workflow }]
      : [],
  );
}

/** Every step of some workflow's jobs, with its job. */
export function stepsOf({ jobs }: Workflow): { job: Job; step: Step }[] {
  return Object.values(jobs).flatMap((job) => (job.steps ?? []).map((step) => ({ job, step })));
}

function read<T>(pattern: string): Source<T>[] {
  return globSync(pattern, { cwd: ROOT })
    .sort()
    .map((path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      return { path, text, parsed: parse(text) as T };
    });
}
