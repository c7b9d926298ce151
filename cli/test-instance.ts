import { defineCommand } from "citty";
import { UserError } from "../errors.ts";
import { seedOf, slotsOf } from "../operations/test-instances/context.ts";
import { extend, heldBy } from "../operations/test-instances/extend.ts";
import { health } from "../operations/test-instances/health.ts";
import { setUp } from "../operations/test-instances/management.ts";
import { details, list, logs, shown } from "../operations/test-instances/view.ts";
import { inSeconds, lengthOf } from "../settings/duration.ts";
import { print, say } from "./options.ts";
import { clientOf, contextOf, poolOf } from "./test-instance-context.ts";
import { deployCommand, refreshCommand } from "./test-instance-deploy.ts";
import { CHANGE, NAME, READ } from "./test-instance-options.ts";
import { destroyCommand, reapCommand } from "./test-instance-remove.ts";

const listCommand = defineCommand({
  meta: { name: "list", description: "Say which instances there are." },
  args: READ,
  async run({ args }) {
    const pool = poolOf(args);
    const client = clientOf(args, pool);
    const held = await slotsOf({ client, pool }).held();
    const now = await client.now();
    print(args.json, held.map(shown), () => list(held, pool, now));
  },
});

const showCommand = defineCommand({
  meta: { name: "show", description: "Say what an instance is, where, and until when." },
  args: { ...READ, name: NAME },
  async run({ args }) {
    const pool = poolOf(args);
    const client = clientOf(args, pool);
    const held = await heldBy({ client, pool }, args.name);
    const said = await health(held.url);
    const now = await client.now();
    print(args.json, { ...shown(held), health: said }, () => details(held, pool, said, now));
  },
});

const logsCommand = defineCommand({
  meta: { name: "logs", description: "Print the end of what an instance's containers have said." },
  args: {
    ...READ,
    name: NAME,
    component: { type: "string", description: "Of one component, as packit-service" },
    lines: { type: "string", default: "50", description: "How many lines of each" },
  },
  async run({ args }) {
    const pool = poolOf(args);
    const lines = Number(args.lines);
    if (!Number.isInteger(lines) || lines < 1)
      throw new UserError(`--lines is "${args.lines}". It takes a number above 0.`);
    const client = clientOf(args, pool);
    await heldBy({ client, pool }, args.name);
    const all = await logs(client, args.name, args.component, lines);
    print(args.json, all, () =>
      all.map(({ pod, container, log }) => `=== ${pod} ${container}\n${log}`).join("\n"),
    );
  },
});

const extendCommand = defineCommand({
  meta: { name: "extend", description: "Let an instance live longer." },
  args: {
    ...CHANGE,
    name: NAME,
    by: { type: "string", valueHint: "TIME", default: "4h", description: "How much longer" },
  },
  async run({ args }) {
    const pool = poolOf(args);
    const context = await contextOf(args, pool);
    const wanted = lengthOf("--by", args.by);
    const before = await heldBy(context, args.name);
    const held = await extend(context, args.name, wanted);
    const isLess = held.expires.getTime() - before.expires.getTime() < inSeconds(args.by) * 1000 - 1000;
    const why = isLess ? `, the longest that it may live (${pool.ttl.max} from its creation)` : "";
    print(args.json, shown(held), () => `${held.name} lives until ${held.expires.toISOString()}${why}.`);
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

export const testInstance = defineCommand({
  meta: { name: "test-instance", description: "Packit Services from pull requests, gone by themselves." },
  subCommands: {
    deploy: deployCommand,
    list: listCommand,
    show: showCommand,
    logs: logsCommand,
    extend: extendCommand,
    destroy: destroyCommand,
    refresh: refreshCommand,
    reap: reapCommand,
    setup: setupCommand,
  },
});
