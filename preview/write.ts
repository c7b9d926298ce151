import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diffHtml } from "../diff/html/page.ts";
import { type StackDiff, stackDiffs } from "../diff/stack-diff.ts";
import { readPlan } from "../operations/deployment/plan.ts";
import { counted, LONGEST_SUMMARY, stepLines } from "../operations/deployment/summary.ts";
import { makeFolder } from "../system/make-folder.ts";
import { annotationsOf, runnerCommand } from "./annotations.ts";
import { commentOf } from "./comment.ts";
import { LONGEST_PREVIEW } from "./say.ts";

export interface WriteArgs {
  readonly root: string;
  /** The commit before the pull request. */
  readonly base: string;
  /** The commit of the pull request. */
  readonly head: string;
  /** Where all of it will be. */
  readonly runUrl: string;
  /** The folder of what is written. */
  readonly to: string;
  /** A folder with a plan, STACK.json, of each stack that Pulumi's engine was asked about. @default - it was not */
  readonly engine?: string | undefined;
}

/**
 * Writes what a change does to all stacks: `comment.md` for its pull request, `summary.md` for the run's own page, and all
 * of it as `preview.html` and `preview.json`.
 *
 * @returns Commands by which the runner shows what is wrong with stacks beside the lines, and whether anything is.
 */
export async function writePreview(args: WriteArgs): Promise<{ commands: string[]; isWrong: boolean }> {
  const { root, base, head, runUrl, to } = args;
  const diffs = await stackDiffs({ root, base });
  const engine = engineTexts(args.engine, diffs);
  const comment = (elsewhere: string, limit: number) => commentOf({ diffs, head, engine, elsewhere, limit });
  makeFolder(to);
  const files = {
    "comment.md": comment(
      `[the run's summary, and the page among its artifacts](${runUrl})`,
      LONGEST_PREVIEW,
    ),
    "summary.md": comment("the page among the artifacts of this run", LONGEST_SUMMARY),
    "preview.html": diffHtml(diffs),
    "preview.json": JSON.stringify(diffs, null, 2),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(to, name), text);
  const annotations = annotationsOf(diffs);
  return { commands: annotations.map(runnerCommand), isWrong: annotations.length > 0 };
}

/** What the engine would do with each stack of which there is a plan. */
function engineTexts(
  folder: string | undefined,
  diffs: readonly StackDiff[],
): ReadonlyMap<string, readonly string[]> {
  if (folder === undefined) return new Map();
  const texts = diffs.flatMap(({ stack }) => {
    const file = join(folder, `${stack}.json`);
    if (!existsSync(file)) return [];
    const { steps } = readPlan(file, readFileSync(file, "utf8"));
    return [[stack, [counted(steps) || "Nothing changes.", ...steps.flatMap(stepLines)]] as const];
  });
  return new Map(texts);
}
