import Table from "cli-table3";
import type { Pool } from "../../components/test-instance/pool.ts";
import { showBytes, showCpu } from "../../kubernetes/amounts.ts";
import { showDuration } from "../../schema/duration.ts";
import { addressesOf, namespacesIn } from "./addresses.ts";
import { builtOf } from "./image-plan.ts";
import type { Held } from "./lease.ts";
import type { Ticket } from "./queue.ts";
import type { Tenancy } from "./tenancy.ts";

/** An instance as `--json` shows it. */
export function shown({ version: _, requests, ...held }: Held, pool: Pool, kept: readonly string[] = []) {
  return {
    ...held,
    requests: quantities(requests),
    kept: kept.includes(held.name),
    addresses: addressesOf(held, pool),
    namespaces: namespacesIn(held, isBuiltHere(held, pool)),
  };
}

/** Whether the cluster builds images of an instance. */
export function isBuiltHere(
  { commits, images }: Pick<Held, "commits" | "images">,
  { builder }: Pool,
): boolean {
  return (
    builder === "openshift" && builtOf(Object.keys(commits)).some((image) => images[image] === undefined)
  );
}

/** What is asked for, with its units. */
export function quantities({ cpu, memory }: Tenancy["requests"]) {
  return { cpu: showCpu(cpu), memory: showBytes(memory) };
}

export interface Listed {
  readonly held: readonly Held[];
  /** The requests that wait for a slot, the first one first. */
  readonly waiting: readonly Ticket[];
  /** The names of the instances that are kept by a label of their own. */
  readonly kept: readonly string[];
  /** The API server's time. */
  readonly now: Date;
}

/** All instances as `--json` shows them, and behind them the requests that wait. */
export function listed({ held, waiting, kept }: Omit<Listed, "now">, pool: Pool) {
  const requests = waiting.map(({ name, since }, i) => ({ name, state: "waiting", since, before: i }));
  return [...held.map((one) => shown(one, pool, kept)), ...requests];
}

/** The widths of the columns of a list, which with its frame has the 80 columns of a terminal. */
const WIDTHS = [6, 23, 25, 12, 8];

/** All instances, what is left of the pool, and who waits for that. */
export function list({ held, waiting, kept, now }: Listed, { limit }: Pool): string {
  const table = new Table({
    head: ["slot", "name", "on test", "state", "left"],
    style: { head: [], border: [], compact: true },
    colWidths: WIDTHS,
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  for (const one of held.toSorted((a, b) => a.slot - b.slot)) {
    const left = one.expires.getTime() - now.getTime();
    const state = kept.includes(one.name) ? `${one.state}\nkept` : one.state;
    const what = [...one.references, `over ${one.base}, of ${one.owner}`].join("\n");
    table.push([one.slot, one.name, what, state, left > 0 ? showDuration(left / 1000) : "over"]);
  }
  return [
    ...(held.length === 0 ? [] : [table.toString()]),
    `${Math.max(0, limit - held.length)} of ${limit} slots are free.`,
    ...waiting.map(({ name, since }, i) => `${i + 1}. in line: ${name}, since ${since.toISOString()}`),
  ].join("\n");
}
