import { defineCommand } from "citty";
import { execa } from "execa";
import { UserError } from "../errors.ts";
import { addressesOf, PAGES } from "../operations/test-instances/addresses.ts";
import { queueOf, slotsOf } from "../operations/test-instances/context.ts";
import { details } from "../operations/test-instances/details.ts";
import { heldBy } from "../operations/test-instances/extend.ts";
import { health } from "../operations/test-instances/health.ts";
import { keptNames } from "../operations/test-instances/keep.ts";
import { follow, logs } from "../operations/test-instances/logs.ts";
import { list, listed, shown } from "../operations/test-instances/view.ts";
import { everyMistake } from "../settings/every-mistake.ts";
import { nearOr } from "./arguments.ts";
import { print, say } from "./options.ts";
import { complete, ocOf } from "./printed.ts";
import { clientOf, poolOf } from "./test-instance-context.ts";
import { NAME, READ } from "./test-instance-options.ts";

export const listCommand = defineCommand({
  meta: { name: "list", description: "Say which instances there are, and which requests wait." },
  args: READ,
  async run({ args }) {
    const pool = poolOf(args);
    const client = clientOf(args, pool);
    const [held, waiting, kept, now] = await Promise.all([
      slotsOf({ client, pool }).held(),
      queueOf({ client, pool }).living(),
      keptNames(client),
      client.now(),
    ]);
    const all = { held, waiting, kept, now };
    print(args.json, listed(all, pool), () => list(all, pool));
  },
});

export const showCommand = defineCommand({
  meta: { name: "show", description: "Say what an instance is, where, and until when." },
  args: { ...READ, name: NAME },
  async run({ args }) {
    const pool = poolOf(args);
    const client = clientOf(args, pool);
    const held = await heldBy({ client, pool }, args.name);
    const [said, kept, now] = await Promise.all([health(held.url), keptNames(client), client.now()]);
    const isKept = kept.includes(held.name);
    print(args.json, { ...shown(held, pool, kept), health: said }, () =>
      complete(details({ held, pool, now, health: said, isKept, oc: ocOf(args, pool) }), args),
    );
  },
});

export const logsCommand = defineCommand({
  meta: { name: "logs", description: "Print the end of what an instance's containers have said." },
  args: {
    ...READ,
    name: NAME,
    component: { type: "string", description: "Of one component, as packit-service" },
    lines: { type: "string", default: "50", description: "How many lines of each" },
    follow: { type: "boolean", default: false, description: "Go on with each line as it is said" },
  },
  async run({ args }) {
    const pool = poolOf(args);
    const { lines } = everyMistake({
      lines: () => positive("--lines", args.lines),
      follow: () => {
        if (args.follow && args.json)
          throw new UserError("--follow has no end, and --json is written at the end. Give one of them.");
      },
    });
    const client = clientOf(args, pool);
    await heldBy({ client, pool }, args.name);
    const wanted = { component: args.component, lines };
    if (args.follow) {
      const { signal } = new AbortController();
      const tell = (line: string) => process.stdout.write(`${line}\n`);
      return follow(client, args.name, wanted, { tell, signal });
    }
    const all = await logs(client, args.name, wanted);
    print(args.json, all, () =>
      all.map(({ pod, container, log }) => `=== ${pod} ${container}\n${log}`).join("\n"),
    );
  },
});

export const openCommand = defineCommand({
  meta: { name: "open", description: "Open a page of an instance in the browser, and print its address." },
  args: {
    ...READ,
    name: NAME,
    page: { type: "enum", options: [...PAGES], description: "Which. Default: the dashboard, or the API" },
  },
  async run({ args }) {
    const pool = poolOf(args);
    const held = await heldBy({ client: clientOf(args, pool), pool }, args.name);
    const addresses = addressesOf(held, pool);
    const page = PAGES.find((one) => one === args.page) ?? (addresses.dashboard ? "dashboard" : "api");
    const address = addresses[page];
    if (address === undefined) {
      const there = PAGES.filter((one) => addresses[one] !== undefined);
      throw new UserError(`${held.name} has no ${page}. ${nearOr(page, there)}`);
    }
    print(args.json, { page, address }, () => address);
    const { failed } = await execa(process.platform === "darwin" ? "open" : "xdg-open", [address], {
      reject: false,
      stdio: "ignore",
    });
    if (failed) say("No browser could be started here. Open it where there is one.");
  },
});

function positive(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UserError(`${option} is "${text}". It takes a number above 0.`);
}
