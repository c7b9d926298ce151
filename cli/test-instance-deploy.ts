import { type ArgsDef, defineCommand, type ParsedArgs, parseArgs } from "citty";
import type { Pool } from "../components/test-instance/pool.ts";
import { UserError } from "../errors.ts";
import { slotsOf } from "../operations/test-instances/context.ts";
import { deploy, plan } from "../operations/test-instances/deploy.ts";
import { details } from "../operations/test-instances/details.ts";
import { health } from "../operations/test-instances/health.ts";
import { builtOf } from "../operations/test-instances/image-plan.ts";
import { keptNames } from "../operations/test-instances/keep.ts";
import { leftOfDeploy } from "../operations/test-instances/left.ts";
import { planned, plannedText } from "../operations/test-instances/planned.ts";
import { redeployed } from "../operations/test-instances/refresh.ts";
import { type Request, readRequest } from "../operations/test-instances/request.ts";
import { shown } from "../operations/test-instances/view.ts";
import { lengthOf } from "../schema/duration.ts";
import { everyMistake } from "../settings/every-mistake.ts";
import { interruptible } from "../system/interruption.ts";
import { REPEATED, repeated } from "./arguments.ts";
import { print } from "./options.ts";
import { complete, ocOf } from "./printed.ts";
import { ROOT } from "./root.ts";
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

/** The same, for words of which some are refused already: of those that citty would refuse itself, any is taken. */
const LENIENT = Object.fromEntries(
  Object.entries(DEPLOY).map(([name, arg]) => [name, arg.type === "enum" ? { ...arg, type: "string" } : arg]),
  // It has the same names; what values they may have is refused elsewhere.
) as unknown as typeof DEPLOY;

/** The pool, and the project's folder, whose stacks' names are taken. */
export interface Place {
  readonly pool: Pool;
  readonly root: string;
}

/** What is asked for; throws all that is wrong with it. */
function understood(
  args: ParsedArgs<typeof DEPLOY>,
  rawArgs: readonly string[],
  { pool, root }: Place = { pool: poolOf(args), root: ROOT },
) {
  const words = {
    references: args._,
    base: args.base,
    name: args.name,
    ttl: args.ttl,
    with: repeated(DEPLOY, rawArgs, "with"),
    without: repeated(DEPLOY, rawArgs, "without"),
    images: repeated(DEPLOY, rawArgs, "image"),
  };
  const values = everyMistake({
    request: () => readRequest(words, pool, root),
    waitSeconds: () => (args.wait === undefined ? 0 : lengthOf("--wait", args.wait)),
    limitSeconds: () => lengthOf("--limit", args.limit),
  });
  return { pool, ...values };
}

const deployVerb = defineCommand({
  meta: { name: "deploy", description: "Put pull requests on test: packit-service=614 ogr=123 …" },
  args: DEPLOY,
  async run({ args, rawArgs }) {
    const { pool, request, waitSeconds, limitSeconds } = understood(args, rawArgs);
    if (args.local) refuseUnbuildable(request, pool);
    const context = await contextOf(args, pool);
    if (args["dry-run"]) {
      const { tenancy, builds } = await plan(context, { request, builder: builderOf(context) });
      const [held, now] = await Promise.all([slotsOf(context).held(), context.client.now()]);
      const all = { tenancy, builds, held, pool, now, ttlSeconds: request.ttlSeconds };
      return print(args.json, planned(all), () => complete(plannedText(all), args));
    }
    const onlyExisting = args["only-existing"];
    const builder = builderOf(context);
    const { held, images } = await interruptible(
      (signal) => deploy(context, { request, builder, waitSeconds, limitSeconds, onlyExisting, signal }),
      async () => complete(await leftOfDeploy(context, request.name), args),
    );
    const said = await health(held.url);
    const now = await context.client.now();
    if (said.isIll) process.exitCode = 1;
    const isKept = (await keptNames(context.client)).includes(held.name);
    const kept = isKept ? [held.name] : [];
    print(args.json, { ...shown(held, pool, kept), images, health: said }, () =>
      complete(details({ held, pool, now, health: said, images, isKept, oc: ocOf(args, pool) }), args),
    );
  },
});

/** What words ask for, where the pool is known; throws all that is wrong with it. */
export function readDeploy(words: readonly string[], place: Place) {
  const args = parseArgs<typeof DEPLOY>([...words], LENIENT);
  return {
    ...understood(args, words, place),
    onlyExisting: args["only-existing"],
    isDry: args["dry-run"],
  };
}

export const deployCommand = {
  ...deployVerb,
  refuse: (words: readonly string[]) => void understood(parseArgs([...words], LENIENT), words),
};

/** Nothing on this machine's control plane builds images: a deploy would wait for ever. */
function refuseUnbuildable({ references, images }: Request, { builder }: Pool): void {
  const built = builtOf(references.map(({ repository }) => repository));
  const missing = built.filter((image) => images[image] === undefined);
  if (builder !== "openshift" || missing.length === 0) return;
  const options = missing.map((image) => `--image ${image}=quay.io/me/${image}:1`).join(" ");
  throw new UserError(
    `Nobody builds images on the control plane of this machine: ${missing.join(", ")}. Name some; they need not exist, as nothing really runs there: ${options}`,
  );
}

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
