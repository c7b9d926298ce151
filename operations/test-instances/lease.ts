import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { leaseTime, readTenancy } from "./lease-content.ts";
import type { Sign } from "./silence.ts";
import type { Tenancy } from "./tenancy.ts";

/** Whether a command is at work on an instance, which says so again and again. */
export function isAtWork({ state }: Pick<Tenancy, "state">): boolean {
  return state === "claiming" || state === "deploying" || state === "destroying";
}

/** A slot that is taken. */
export interface Held extends Tenancy {
  /** The slot's number, from 1. */
  readonly slot: number;
  readonly created: Date;
  readonly expires: Date;
  /** When its holder was last heard of, by the API server's time, as all times of a slot. */
  readonly seen: Date;
  /** The version that a change must be made from. */
  readonly version: string;
}

/** By what it is seen that whoever holds a slot is at work on it. */
export function signOfSlot({ slot, version }: Held): Sign {
  return { key: leaseName(slot), version };
}

/** Whether instances together ask for more than a budget has. */
export function exceeds(budget: Tenancy["requests"], all: readonly Pick<Tenancy, "requests">[]): boolean {
  const sum = (key: "cpu" | "memory") => all.reduce((total, { requests }) => total + requests[key], 0);
  return sum("cpu") > budget.cpu || sum("memory") > budget.memory;
}

/** What is asked for, for people. */
export function showRequests({ cpu, memory }: Tenancy["requests"]): string {
  return `${cpu / 1000} processors and ${(memory / 2 ** 30).toFixed(1)}Gi`;
}

/** The lease of a slot: held by a tenancy, or free. */
export function leaseOf(
  namespace: string,
  slot: number,
  tenancy: Tenancy | undefined,
  state: LeaseState,
): KubernetesObject {
  const { now, created = now, ttlSeconds, version } = state;
  return {
    ...LEASES,
    metadata: {
      name: leaseName(slot),
      namespace,
      labels: { [SLOT_LABEL]: String(slot) },
      ...(tenancy && { annotations: annotationsOf(tenancy) }),
      ...(version !== undefined && { resourceVersion: version }),
    },
    spec: tenancy
      ? {
          holderIdentity: tenancy.name,
          acquireTime: micro(created),
          renewTime: micro(now),
          leaseDurationSeconds: ttlSeconds,
        }
      : {},
  };
}

/** The label of the leases that are slots. */
export const SLOT_LABEL = "packit.dev/slot";

/** Leases, as the API server knows them. */
export const LEASES = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" } as const;

/** The annotation that holds all that is said of a tenancy, and those that people read with kubectl. */
const TENANCY = "packit.dev/tenancy";

export interface LeaseState {
  /** The API server's time. */
  readonly now: Date;
  readonly created?: Date;
  readonly ttlSeconds?: number;
  readonly version?: string | undefined;
}

interface Lease extends KubernetesObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
  };
}

/** How long an instance lives from whose lease that cannot be read, in seconds. */
const UNKNOWN_LIFE_SECONDS = 86_400;

/** What a slot's lease says, if it is held. */
export function readLease(object: KubernetesObject): Held | undefined {
  // The API server gives a Lease the shape of its kind; what stands in it is anybody's.
  const { metadata, spec = {} } = object as Partial<Lease> & KubernetesObject;
  const [, slot] = /^slot-([1-9]\d{0,2})$/.exec(metadata.name) ?? [];
  const text = metadata.annotations?.[TENANCY];
  if (slot === undefined || !spec.holderIdentity) return undefined;
  const made = "creationTimestamp" in metadata ? metadata.creationTimestamp : undefined;
  const created = leaseTime(spec.acquireTime, leaseTime(made, new Date(0)));
  const { leaseDurationSeconds: seconds = UNKNOWN_LIFE_SECONDS } = spec;
  return {
    ...readTenancy(text ?? "", spec.holderIdentity, metadata.name),
    slot: Number(slot),
    created,
    expires: new Date(created.getTime() + seconds * 1000),
    seen: leaseTime(spec.renewTime, created),
    version: versionOf(object) ?? "",
  };
}

/** A tenancy alone: what else is known of a slot stands in the lease's own fields. */
function annotationsOf(tenancy: Tenancy & Partial<Held>) {
  const { slot: _, created: _c, expires: _e, seen: _s, version: _v, ...own } = tenancy;
  return {
    [TENANCY]: JSON.stringify(own),
    "packit.dev/references": tenancy.references.join(" "),
    "packit.dev/url": tenancy.url,
  };
}

/** The name of a slot's lease. */
export function leaseName(slot: number): string {
  return `slot-${slot}`;
}

/** The version of an object from which it is changed. */
export function versionOf({ metadata }: KubernetesObject): string | undefined {
  return "resourceVersion" in metadata ? String(metadata.resourceVersion) : undefined;
}

/** The form of a Lease's times, with microseconds. */
export function micro(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
