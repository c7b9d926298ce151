import type { Workload } from "../kubernetes/workload.ts";
import type { Resources } from "../schema/resources.ts";

/** Where a part's pods are reached by others of the instance. */
export interface Endpoint {
  /** The part; all of its pods listen. */
  readonly part: string;
  /** The port of its pods. */
  readonly port: number;
}

/** The pods of a workload in the instance's own namespace, and all that they may talk to. */
export interface Component extends Workload {
  /** The parts that it opens connections to. @default - none */
  readonly connects?: readonly Endpoint[];
  /** Who opens connections to it besides those that say so themselves: components, and the port of its pods. */
  readonly clients?: { readonly components: readonly string[]; readonly port: number };
  /** The port of its pods that the router, and so the internet, reaches. @default - none */
  readonly open?: number;
  /** Ports of the internet that it reaches, wherever they are: policies cannot name hosts. @default - none */
  readonly internet?: readonly number[];
  /** What its network policy's resource is called. @default - as the component */
  readonly policy?: string;
  /** Whether it uses the cluster's own API. @default false */
  readonly usesApi?: boolean;
}

type Taking = Readonly<Record<string, { readonly resources: Resources }>>;

/** A workload of so many pods, which are rolled one by one; what each container takes is among its part's settings. */
export function running(component: string, pods: number, containers: Taking): Workload {
  return { component, pods, surge: 1, containers: taken(containers) };
}

/** A workload of one pod. */
export function only(component: string, containers: Taking): Workload {
  return running(component, 1, containers);
}

/** A workload whose pod runs now and then. */
export function job(component: string, containers: Taking): Workload {
  return { component, pods: 0, surge: 1, containers: taken(containers) };
}

function taken(containers: Taking) {
  return Object.fromEntries(Object.entries(containers).map(([name, { resources }]) => [name, resources]));
}
