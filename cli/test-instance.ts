import { defineCommand } from "citty";
import { seedOf } from "../operations/test-instances/context.ts";
import { setUp } from "../operations/test-instances/management.ts";
import { print, say } from "./options.ts";
import { completing } from "./printed.ts";
import { clientOf, poolOf } from "./test-instance-context.ts";
import { deployCommand, refreshCommand } from "./test-instance-deploy.ts";
import { extendCommand, keepCommand } from "./test-instance-keep.ts";
import { listCommand, logsCommand, openCommand, showCommand } from "./test-instance-look.ts";
import { READ } from "./test-instance-options.ts";
import { destroyCommand, reapCommand } from "./test-instance-remove.ts";
import { respondCommand } from "./test-instance-respond.ts";

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
  respond: respondCommand,
  setup: setupCommand,
};

export const testInstance = defineCommand({
  meta: { name: "test-instance", description: "Packit Services from pull requests, gone by themselves." },
  subCommands: Object.fromEntries(Object.entries(VERBS).map(([name, verb]) => [name, completing(verb)])),
});
