import { defineCommand } from "citty";
import { seedOf } from "../operations/test-instances/context.ts";
import { extend, heldBy } from "../operations/test-instances/extend.ts";
import { keep } from "../operations/test-instances/keep.ts";
import { setUp } from "../operations/test-instances/management.ts";
import { shown } from "../operations/test-instances/view.ts";
import { inSeconds, lengthOf } from "../schema/duration.ts";
import { print, say } from "./options.ts";
import { completing } from "./printed.ts";
import { clientOf, contextOf, poolOf } from "./test-instance-context.ts";
import { deployCommand, refreshCommand } from "./test-instance-deploy.ts";
import { listCommand, logsCommand, openCommand, showCommand } from "./test-instance-look.ts";
import { CHANGE, NAME, READ } from "./test-instance-options.ts";
import { destroyCommand, reapCommand } from "./test-instance-remove.ts";

const extendCommand = defineCommand({
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

const keepCommand = defineCommand({
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

const setupCommand = defineCommand({
  meta: { name: "setup", description: "Make the namespace of leases, and the reaper in it." },
  args: READ,
  async run({ args }) {
    const pool = poolOf(args);
    const client = clientOf(args, pool);
    const objects = await setUp(client, pool);
    await seedOf(client, pool);
    if (pool.reaper.image === undefined)
      say(
        "No reaper runs in the cluster: packit:testInstances.reaper.image is not set (docs/test-instances.md).",
      );
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    print(args.json, names, () => names.join("\n"));
  },
});

const VERBS = {
  deploy: deployCommand,
  list: listCommand,
  show: showCommand,
  open: openCommand,
  logs: logsCommand,
  extend: extendCommand,
  keep: keepCommand,
  destroy: destroyCommand,
  refresh: refreshCommand,
  reap: reapCommand,
  setup: setupCommand,
};

export const testInstance = defineCommand({
  meta: { name: "test-instance", description: "Packit Services from pull requests, gone by themselves." },
  subCommands: Object.fromEntries(Object.entries(VERBS).map(([name, verb]) => [name, completing(verb)])),
});
