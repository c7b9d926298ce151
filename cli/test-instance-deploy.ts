import { type ArgsDef, defineCommand } from "citty";
import { deploy, plan } from "../operations/test-instances/deploy.ts";
import { health } from "../operations/test-instances/health.ts";
import { leftOfDeploy } from "../operations/test-instances/left.ts";
import { redeployed } from "../operations/test-instances/refresh.ts";
import { readRequest } from "../operations/test-instances/request.ts";
import { details, planned, shown } from "../operations/test-instances/view.ts";
import { lengthOf } from "../settings/duration.ts";
import { interruptible } from "../system/interruption.ts";
import { REPEATED, repeated } from "./arguments.ts";
import { print } from "./options.ts";
import { builderOf, contextOf, poolOf } from "./test-instance-context.ts";
import { CHANGE } from "./test-instance-options.ts";

const DEPLOY = {
  ...CHANGE,
  references: {
    type: "positional",
    valueHint: `REFERENCE ${REPEATED}`,
    description: "What is on test: REPOSITORY=NUMBER, REPOSITORY=branch:NAME or REPOSITORY=commit:SHA",
    required: false,
  },
  base: { type: "enum", options: ["stage", "prod"], default: "stage", description: "What all else is like" },
  name: { type: "string", description: "The instance's name. Default: after what is on test" },
  ttl: { type: "string", valueHint: "TIME", description: "How long it lives, as 8h" },
  with: { type: "string", valueHint: `PART ${REPEATED}`, description: "A part to add; repeat it for more" },
  without: {
    type: "string",
    valueHint: `PART ${REPEATED}`,
    description: "A part to leave out; repeat it for more",
  },
  image: {
    type: "string",
    valueHint: `NAME=REFERENCE ${REPEATED}`,
    description: "An image that is there already; repeat it",
  },
  wait: { type: "string", valueHint: "TIME", description: "How long to wait for a free slot, as 30m" },
  limit: {
    type: "string",
    valueHint: "TIME",
    default: "10m",
    description: "How long its pods may take to be ready",
  },
  "only-existing": {
    type: "boolean",
    default: false,
    description: "Deploy anew what is there; make nothing",
  },
  "dry-run": { type: "boolean", default: false, description: "Say what would be done" },
} satisfies ArgsDef;

export const deployCommand = defineCommand({
  meta: { name: "deploy", description: "Put pull requests on test: packit-service=614 ogr=123 …" },
  args: DEPLOY,
  async run({ args, rawArgs }) {
    const pool = poolOf(args);
    const request = readRequest(
      {
        references: args._,
        base: args.base,
        name: args.name,
        ttl: args.ttl,
        with: repeated(DEPLOY, rawArgs, "with"),
        without: repeated(DEPLOY, rawArgs, "without"),
        images: repeated(DEPLOY, rawArgs, "image"),
      },
      pool,
    );
    const waitSeconds = args.wait === undefined ? 0 : lengthOf("--wait", args.wait);
    const limitSeconds = lengthOf("--limit", args.limit);
    const context = await contextOf(args, pool);
    if (args["dry-run"]) {
      const { tenancy, builds } = await plan(context, { request, builder: builderOf(context) });
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
    const now = await context.client.now();
    if (said.isIll) process.exitCode = 1;
    print(args.json, { ...shown(held), images, health: said }, () => details(held, pool, said, now, images));
  },
});

export const refreshCommand = defineCommand({
  meta: { name: "refresh", description: "Deploy instances anew whose pull requests have new commits." },
  args: { ...CHANGE, "dry-run": { type: "boolean", default: false, description: "Say which" } },
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
