import type { Resources } from "../schema/resources.ts";
import { inBytes, inProcessors } from "../schema/values.ts";
import type { Workload } from "./workload.ts";

/** What a quota counts: processors in thousandths, memory and storage in bytes. */
export interface Amounts {
  readonly requestsCpu: number;
  readonly requestsMemory: number;
  readonly limitsCpu: number;
  readonly limitsMemory: number;
  readonly storage: number;
}

/** What a namespace holds that has no pods and no volumes. */
export const NOTHING: Amounts = {
  requestsCpu: 0,
  requestsMemory: 0,
  limitsCpu: 0,
  limitsMemory: 0,
  storage: 0,
};

/** What a container takes. */
export function amountsOf({ requests, limits }: Resources): Amounts {
  return {
    requestsCpu: thousandths(requests.cpu),
    requestsMemory: inBytes(requests.memory),
    limitsCpu: thousandths(limits.cpu),
    limitsMemory: inBytes(limits.memory),
    storage: 0,
  };
}

/** What one pod takes. Init containers run one after the other, and before all others. */
export function podAmounts({ containers, initContainers = {} }: Workload): Amounts {
  const together = sum(Object.values(containers).map(amountsOf));
  return Object.values(initContainers).map(amountsOf).reduce(larger, together);
}

/** What several take together. */
export function sum(all: readonly Amounts[]): Amounts {
  return each((key) => all.reduce((total, one) => total + one[key], 0));
}

/** The larger one of each of two amounts. */
function larger(one: Amounts, other: Amounts): Amounts {
  return each((key) => Math.max(one[key], other[key]));
}

function each(amount: (key: keyof Amounts) => number): Amounts {
  return {
    requestsCpu: amount("requestsCpu"),
    requestsMemory: amount("requestsMemory"),
    limitsCpu: amount("limitsCpu"),
    limitsMemory: amount("limitsMemory"),
    storage: amount("storage"),
  };
}

/** Bytes in the largest unit that shows them exactly enough. */
export const showBytes = (bytes: number) =>
  bytes % 2 ** 30 === 0 ? `${bytes / 2 ** 30}Gi` : `${Math.ceil(bytes / 2 ** 20)}Mi`;

/** Thousandths of processors as Kubernetes writes them. */
export const showCpu = (thousandths: number) =>
  thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;

/** Processors as Kubernetes writes them, in thousandths. */
export const thousandths = (quantity: string) => Math.round(inProcessors(quantity) * 1000);
