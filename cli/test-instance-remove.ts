import { defineCommand } from "citty";
import type { Pool } from "../components/test-instance/pool.ts";
import { UserError } from "../errors.ts";
import { slotsOf } from "../operations/test-instances/context.ts";
import { destroy } from "../operations/test-instances/destroy.ts";
import { checkedName } from "../operations/test-instances/name.ts";
import { reap } from "../operations/test-instances/reap.ts";
import { SILENCE_SECONDS } from "../operations/test-instances/silence.ts";
import { lengthOf } from "../schema/duration.ts";
import { namespacesOf } from "../settings/test-instance.ts";
import { nearOr } from "./arguments.ts";
import { print, say } from "./options.ts";
import { ROOT } from "./root.ts";
import { contextOf, poolOf, whereabouts } from "./test-instance-context.ts";
import { CHANGE, NAME } from "./test-instance-options.ts";

export const destroyCommand = defineCommand({
  meta: { name: "destroy", description: "Remove an instance, and give its slot back." },
  args: { ...CHANGE, name: NAME },
  async run({ args }) {
    const pool = poolOf(args);
    const context = await contextOf(args, pool);
    const { name } = args;
    const known = (await slotsOf(context).held()).map((held) => held.name);
    if (!known.includes(name)) refuseMistyped(name, pool, known);
    say(`${whereabouts(args, pool)}, the namespaces ${namespacesOf(name).join(", ")}:`);
    if (!(await destroy(context, name)))
      throw new UserError(`Nothing of ${name} is here. ${nearOr(name, known)}`);
    print(args.json, { name }, () => `${name} is gone.`);
  },
});

/** A name that no instance can have: its namespaces would be others'. */
function refuseMistyped(name: string, pool: Pool, known: readonly string[]): void {
  try {
    checkedName(name, pool, ROOT);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`There is no instance ${JSON.stringify(name)}. ${nearOr(name, known)}`);
  }
}

export const reapCommand = defineCommand({
  meta: { name: "reap", description: "Remove what is over: expired, closed, crashed, or of no lease." },
  args: {
    ...CHANGE,
    "in-cluster": { type: "boolean", default: false, description: "Work in the cluster that this runs in" },
    "dry-run": { type: "boolean", default: false, description: "Say what would go" },
    silence: {
      type: "string",
      valueHint: "TIME",
      default: "1m",
      description: "How long a command is watched, and not heard of, until it is taken for dead",
    },
  },
  async run({ args }) {
    const pool = poolOf(args);
    const isDry = args["dry-run"];
    const silenceSeconds = lengthOf("--silence", args.silence);
    if (silenceSeconds < SILENCE_SECONDS)
      throw new UserError(
        `--silence ${args.silence} is too short: a command that lives may be silent for almost ${SILENCE_SECONDS}s. Give at least that.`,
      );
    const context = await contextOf(args, pool);
    say(`${whereabouts(args, pool)}, the namespace ${pool.namespace} and those of its instances:`);
    const reaped = await reap(context, { isDry, silenceSeconds });
    const word = isDry ? "would go" : "is gone";
    const lines = reaped.map(
      ({ name, why, problem }) => `${name} ${problem ? "is left" : word}: ${problem ?? why}`,
    );
    print(args.json, reaped, () => lines.join("\n") || "Nothing is over.");
    if (reaped.some(({ problem }) => problem)) process.exitCode = 1;
  },
});
