import { defineCommand } from "citty";
import { applyOne } from "../cluster/apply.ts";
import { UserError } from "../errors.ts";
import { seedOf, slotsOf } from "../operations/test-instances/context.ts";
import { deploy, plan } from "../operations/test-instances/deploy.ts";
import { destroy } from "../operations/test-instances/destroy.ts";
import { extend, heldBy } from "../operations/test-instances/extend.ts";
import { health } from "../operations/test-instances/health.ts";
import { leftOfDeploy } from "../operations/test-instances/left.ts";
import { managementObjects } from "../operations/test-instances/management.ts";
import { reap } from "../operations/test-instances/reap.ts";
import { redeployed } from "../operations/test-instances/refresh.ts";
import { checkedName, lengthOf, readRequest } from "../operations/test-instances/request.ts";
import { details, list, logs, planned, shown } from "../operations/test-instances/view.ts";
import { inSeconds } from "../settings/duration.ts";
import { interruptible } from "../system/interruption.ts";
import { repeated } from "./repeated.ts";
import { REPEATED, run } from "./run.ts";
import { builderOf, clientOf, contextOf, poolOf } from "./test-instance-context.ts";

const COMMON = {
  local: { type: "boolean", default: false, description: "On the control plane that make local started" },
  "in-cluster": { type: "boolean", default: false, description: "In the cluster that this runs in" },
  kubeconfig: { type: "string", valueHint: "FILE", description: "Default: where kubectl looks" },
  engine: { type: "string", description: "apply or pulumi. Default: pulumi where its CLI is on PATH" },
  json: { type: "boolean", default: false, description: "Print the outcome as JSON" },
} as const;

const NAME = { type: "positional", description: "The instance", required: true } as const;

const deployCommand = defineCommand({
  meta: { name: "deploy", description: "Put pull requests on test: packit-service=614 ogr=123 …" },
  args: {
    ...COMMON,
    references: {
      type: "positional",
      valueHint: `REFERENCE ${REPEATED}`,
      description: "REPOSITORY=NUMBER, branch:NAME or commit:SHA …",
      required: false,
    },
    base: { type: "string", default: "stage", description: "What all else is like: stage or prod" },
    name: { type: "string", description: "The instance's name. Default: after what is on test" },
    ttl: { type: "string", description: "How long it lives, as 8h" },
    with: { type: "string", valueHint: "PART", description: "A part to add; repeat it for more" },
    without: { type: "string", valueHint: "PART", description: "A part to leave out; repeat it for more" },
    image: {
      type: "string",
      valueHint: "NAME=REFERENCE",
      description: "An image that is there already; repeat it",
    },
    wait: { type: "string", description: "How long to wait for a free slot, as 30m" },
    limit: { type: "string", default: "10m", description: "How long its pods may take to be ready" },
    "only-existing": {
      type: "boolean",
      default: false,
      description: "Deploy anew what is there; make nothing",
    },
    "dry-run": { type: "boolean", default: false, description: "Say what would be done" },
  },
  async run({ args, rawArgs }) {
    const pool = poolOf(args);
    const request = readRequest(
      {
        references: args._,
        base: args.base,
        name: args.name,
        ttl: args.ttl,
        with: repeated(rawArgs, "with"),
        without: repeated(rawArgs, "without"),
        images: repeated(rawArgs, "image"),
      },
      pool,
    );
    const waitSeconds = args.wait === undefined ? 0 : lengthOf(args.wait);
    const limitSeconds = lengthOf(args.limit);
    const context = await contextOf(args, pool);
    if (args["dry-run"]) {
      const { tenancy, builds } = await plan(context, { request });
      const images = builds.map(({ image, kind }) => ({ image, kind }));
      return print(args.json, { ...tenancy, builds: images }, () => planned(tenancy, images));
    }
    const onlyExisting = args["only-existing"];
    const builder = builderOf(context);
    const { held, images } = await interruptible(
      (signal) => deploy(context, { request, builder, waitSeconds, limitSeconds, onlyExisting, signal }),
      () => leftOfDeploy(context, request.name),
    );
    const said = await health(held.url);
    if (said.isIll) process.exitCode = 1;
    print(args.json, { ...shown(held), images, health: said }, () => details(held, pool, said, images));
  },
});

const listCommand = defineCommand({
  meta: { name: "list", description: "Say which instances there are." },
  args: COMMON,
  async run({ args }) {
    const pool = poolOf(args);
    const held = await slotsOf({ client: clientOf(args, pool), pool }).held();
    print(args.json, held.map(shown), () => list(held, pool));
  },
});

const showCommand = defineCommand({
  meta: { name: "show", description: "Say what an instance is, where, and until when." },
  args: { ...COMMON, name: NAME },
  async run({ args }) {
    const pool = poolOf(args);
    const held = await heldBy({ client: clientOf(args, pool), pool }, args.name);
    const said = await health(held.url);
    print(args.json, { ...shown(held), health: said }, () => details(held, pool, said));
  },
});

const logsCommand = defineCommand({
  meta: { name: "logs", description: "Print the end of what an instance's containers have said." },
  args: {
    ...COMMON,
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
  args: { ...COMMON, name: NAME, by: { type: "string", default: "4h", description: "How much longer" } },
  async run({ args }) {
    const pool = poolOf(args);
    const context = await contextOf(args, pool);
    const wanted = lengthOf(args.by);
    const before = await heldBy(context, args.name);
    const held = await extend(context, args.name, wanted);
    const isLess = held.expires.getTime() - before.expires.getTime() < inSeconds(args.by) * 1000 - 1000;
    const why = isLess ? `, the longest that it may live (${pool.ttl.max} from its creation)` : "";
    print(args.json, shown(held), () => `${held.name} lives until ${held.expires.toISOString()}${why}.`);
  },
});

const destroyCommand = defineCommand({
  meta: { name: "destroy", description: "Remove an instance, and give its slot back." },
  args: { ...COMMON, name: NAME },
  async run({ args }) {
    const pool = poolOf(args);
    const name = checkedName(args.name, pool);
    const had = await destroy(await contextOf(args, pool), name);
    print(args.json, { name, had }, () => (had ? `${name} is gone.` : `Nothing of ${name} is here.`));
  },
});

const refreshCommand = defineCommand({
  meta: { name: "refresh", description: "Deploy instances anew whose pull requests have new commits." },
  args: { ...COMMON, "dry-run": { type: "boolean", default: false, description: "Say which" } },
  async run({ args }) {
    const pool = poolOf(args);
    const context = await contextOf(args, pool);
    const done = await redeployed(context, { builder: builderOf(context), isDry: args["dry-run"] });
    print(
      args.json,
      done,
      () => done.map(({ name, what }) => `${name}: ${what}`).join("\n") || "Nothing is there.",
    );
    if (done.some(({ failed }) => failed)) process.exitCode = 1;
  },
});

const reapCommand = defineCommand({
  meta: { name: "reap", description: "Remove what is over: expired, closed, crashed, or of no lease." },
  args: {
    ...COMMON,
    "dry-run": { type: "boolean", default: false, description: "Say what would go" },
    silence: {
      type: "string",
      default: "5m",
      description: "After how much silence a command is taken for dead",
    },
  },
  async run({ args }) {
    const pool = poolOf(args);
    const isDry = args["dry-run"];
    const silenceSeconds = lengthOf(args.silence);
    const reaped = await reap(await contextOf(args, pool), { isDry, silenceSeconds });
    const word = isDry ? "would go" : "is gone";
    const lines = reaped.map(
      ({ name, why, problem }) => `${name} ${problem ? "is left" : word}: ${problem ?? why}`,
    );
    print(args.json, reaped, () => lines.join("\n") || "Nothing is over.");
    if (reaped.some(({ problem }) => problem)) process.exitCode = 1;
  },
});

const setupCommand = defineCommand({
  meta: { name: "setup", description: "Make the namespace of leases, and the reaper in it." },
  args: COMMON,
  async run({ args }) {
    const pool = poolOf(args);
    const client = clientOf(args, pool);
    const objects = managementObjects(pool);
    for (const object of objects) await applyOne(client, object);
    await seedOf(client, pool);
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    print(args.json, names, () => names.join("\n"));
  },
});

function print(json: boolean, value: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`);
}

await run(
  defineCommand({
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
  }),
);
