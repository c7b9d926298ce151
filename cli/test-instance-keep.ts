import { defineCommand } from "citty";
import { extend, heldBy } from "../operations/test-instances/extend.ts";
import { keep } from "../operations/test-instances/keep.ts";
import { shown } from "../operations/test-instances/view.ts";
import { inSeconds, lengthOf } from "../schema/duration.ts";
import { print } from "./options.ts";
import { clientOf, contextOf, poolOf } from "./test-instance-context.ts";
import { CHANGE, NAME, READ } from "./test-instance-options.ts";

export const extendCommand = defineCommand({
  meta: { name: "extend", description: "Let an instance live longer." },
  args: {
    ...CHANGE,
    name: NAME,
    by: { type: "string", valueHint: "TIME", default: "4h", description: "How much longer" },
  },
  async run({ args }) {
    const pool = poolOf(args);
    const wanted = lengthOf("--by", args.by);
    const context = await contextOf(args, pool);
    const before = await heldBy(context, args.name);
    const held = await extend(context, args.name, wanted);
    const isLess = held.expires.getTime() - before.expires.getTime() < inSeconds(args.by) * 1000 - 1000;
    const why = isLess ? `, the longest that it may live (${pool.ttl.max} from its creation)` : "";
    print(
      args.json,
      shown(held, pool),
      () => `${held.name} lives until ${held.expires.toISOString()}${why}.`,
    );
  },
});

export const keepCommand = defineCommand({
  meta: { name: "keep", description: "Keep an instance beyond its time and its pull requests." },
  args: {
    ...READ,
    name: NAME,
    off: { type: "boolean", default: false, description: "Keep it no longer" },
  },
  async run({ args }) {
    const pool = poolOf(args);
    const client = clientOf(args, pool);
    const { name } = await heldBy({ client, pool }, args.name);
    await keep(client, name, !args.off);
    print(args.json, { name, kept: !args.off }, () =>
      args.off
        ? `${name} is kept no longer: it goes when its time is over.`
        : `${name} is kept until it is destroyed, or kept no longer: --off.`,
    );
  },
});
