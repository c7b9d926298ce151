import { createHmac } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { StackConfig } from "../../settings/stack-file.ts";
import { confined, type Ended, type Limits } from "../../system/confined.ts";
import { plainObjects, printable } from "./plain-objects.ts";
import type { Evaluation, Program } from "./program.ts";
import { SecretWords } from "./secret-words.ts";

/** What the confined program is asked. */
export interface Task {
  /** Where it is. */
  readonly folder: string;
  /** The instance's configuration, with words in place of its secrets. */
  readonly config: StackConfig;
  /** The words, by the secrets' names. */
  readonly words: Readonly<Record<string, string>>;
  /** What generated values are derived from: this instance's own. */
  readonly seed: string;
}

export interface ForeignArgs {
  /** Its worktree, with the packages that it wants. */
  readonly folder: string;
  /** Its commit. */
  readonly sha: string;
  readonly report: (message: string) => void;
  readonly limits?: Partial<Limits>;
}

/** The program of a pull request, which nobody trusts: it is evaluated confined, and learns no secret. */
export function foreignProgram({ folder, sha, report, limits = {} }: ForeignArgs): Program {
  const who = `The program of commit ${sha.slice(0, 7)}`;
  return {
    root: folder,
    isForeign: true,
    objects: async ({ name, config, settings, seed }: Evaluation): Promise<KubernetesObject[]> => {
      const words = new SecretWords(name, settings, seed);
      const { stack, values } = config;
      const task: Task = {
        folder,
        config: { stack, values: { ...values, secrets: words.config } },
        words: words.told,
        seed: createHmac("sha256", seed).update(`${stack}\0program`).digest("hex"),
      };
      const ended = await confined({
        module: join(import.meta.dirname, "confined-program.ts"),
        readable: [folder, realpathSync(join(folder, "node_modules"))],
        input: JSON.stringify(task),
        limits,
        report: (message) => report(`${who}: ${message}`),
      });
      try {
        return words.fill(plainObjects(outcomeOf(ended)));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        throw new UserError(`${who} cannot be deployed: ${error.message}`);
      }
    },
  };
}

function outcomeOf({ by, outcome, said }: Ended): string {
  if (by === "time") throw new UserError("it does not end.");
  if (by === "size") throw new UserError("it hands over more than a stack can be.");
  if (outcome !== "") return outcome;
  const lines = printable(said)
    .split("\n")
    .filter((line) => line.trim() !== "");
  // Of a program that fails, Node shows first where, and then why.
  const why = lines.find((line) => /error/i.test(line)) ?? lines[0] ?? "it says nothing";
  throw new UserError(`it ended before it handed anything over: ${why.trim()}`);
}
