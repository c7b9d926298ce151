import { ops } from "../../cli/commands.ts";
import { leaves, type Verb, verbOf } from "../../cli/verb.ts";

/** The command line, and all verbs of it that do something themselves. */
export async function allVerbs(): Promise<{ readonly root: Verb; readonly verbs: readonly Verb[] }> {
  const root = await verbOf(ops);
  return { root, verbs: await leaves(root) };
}
