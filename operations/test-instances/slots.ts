import { setTimeout } from "node:timers/promises";
import { type ApiClient, ApiError } from "../../cluster/api-client.ts";
import { UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { OwnImage } from "../../settings/images.ts";
import type { Part } from "../../settings/test-instance.ts";

/** What an instance that holds a slot is, as everybody may read it. */
export interface Tenancy {
  /** The instance's name. */
  readonly name: string;
  /** What is on test in it, as it was written. */
  readonly references: readonly string[];
  readonly base: string;
  readonly url: string;
  /** Who asked for it. */
  readonly owner: string;
  /** The commits that it was deployed from, by repository. */
  readonly commits: Readonly<Record<string, string>>;
  /** What it asks of the pool's budget: thousandths of processors, bytes. */
  readonly requests: { readonly cpu: number; readonly memory: number };
  /** What its objects are made by; the other one would not know of them. */
  readonly engine: "apply" | "pulumi";
  /** The parts that it has, and the images that were given: a new commit is deployed with the same. */
  readonly parts: Readonly<Record<Part, boolean>>;
  readonly images: Readonly<Partial<Record<OwnImage, string>>>;
  /** The identity that it acts as; none where the pool has none. */
  readonly identity?: string | undefined;
  /** The command that is at work on it: what changes the slot under it, such as an extension, leaves this as it is. */
  readonly run: string;
  /** Whether it has been up before. */
  readonly wasUp: boolean;
  /** What is done with it now. */
  readonly state: "deploying" | "up" | "failed" | "destroying";
}

/** A slot that is taken. */
export interface Held extends Tenancy {
  /** The slot's number, from 1. */
  readonly slot: number;
  readonly created: Date;
  readonly expires: Date;
  /** When its holder was last heard of. */
  readonly seen: Date;
  /** The version that a change must be made from. */
  readonly version: string;
}

/** The slots of a pool: leases, each changed only from the version that was read. */
export class Slots {
  readonly #client: ApiClient;
  readonly #namespace: string;
  readonly #limit: number;

  constructor(
    client: ApiClient,
    { namespace, limit }: { readonly namespace: string; readonly limit: number },
  ) {
    this.#client = client;
    this.#namespace = namespace;
    this.#limit = limit;
  }

  /** Those that are taken, by their numbers. */
  async held(): Promise<Held[]> {
    return (await this.#leases()).flatMap((lease) => read(lease) ?? []);
  }

  /**
   * Takes a free slot, or says who holds them all. A name and an identity are held once: whoever finds, after taking a
   * slot, that another slot has the same one or that the budget is exceeded, gives it back.
   */
  async take(tenancy: Tenancy, args: TakeArgs): Promise<Held | Taken> {
    for (let attempt = 0; ; attempt++) {
      const leases = await this.#leases();
      const held = leases.flatMap((lease) => read(lease) ?? []);
      const refusal = refusalOf(tenancy, held, args);
      // Who has just taken a slot may be about to give it back.
      const isSettled = held.every(({ created }) => Date.now() - created.getTime() > SETTLED_MS);
      if (refusal && (isSettled || attempt > SETTLED_TRIES)) return refusal;
      if (refusal) {
        await setTimeout(Math.random() * 200);
        continue;
      }
      const slot = this.#free(leases);
      if (slot === undefined) return { refused: "full", held };
      const own = { ...tenancy, identity: args.identityOf?.(slot) };
      const mine = await this.#write(slot, leases, own, args.ttlSeconds);
      if (mine === undefined) {
        await setTimeout(Math.random() * 20);
        continue;
      }
      const others = (await this.held()).filter((one) => one.slot !== mine.slot);
      if (refusalOf(own, others, args) === undefined) return mine;
      await this.release(mine);
      await setTimeout(Math.random() * 200);
    }
  }

  /** Writes what has changed of a held slot; fails if somebody else has changed it meanwhile. */
  async update(held: Held, change: Partial<Tenancy> & { readonly expires?: Date }): Promise<Held> {
    const { expires = held.expires, ...tenancy } = change;
    const next = { ...held, ...tenancy };
    const ttlSeconds = Math.round((expires.getTime() - held.created.getTime()) / 1000);
    const lease = this.#lease(held.slot, next, { created: held.created, ttlSeconds, version: held.version });
    const written = await this.#put(lease);
    if (written === undefined) throw new LostSlot(held.name);
    return written;
  }

  /** A slot as it is now, if its instance and who is at work on it are still the same. */
  async again({ slot, name, run }: Held): Promise<Held | undefined> {
    const now = (await this.held()).find((one) => one.slot === slot);
    return now?.name === name && now.run === run ? now : undefined;
  }

  /** Gives a slot back, if it is still held as it was read. Returns whether it was. */
  async release(held: Held): Promise<boolean> {
    const lease = { ...this.#lease(held.slot, undefined, { version: held.version }) };
    return (await this.#replace(lease)) !== undefined;
  }

  #free(leases: readonly KubernetesObject[]): number | undefined {
    const taken = leases.flatMap((lease) => read(lease)?.slot ?? []);
    const free = Array.from({ length: this.#limit }, (_, i) => i + 1).filter((slot) => !taken.includes(slot));
    // Whoever comes at the same time tries another one.
    return free[Math.floor(Math.random() * free.length)];
  }

  async #write(slot: number, leases: readonly KubernetesObject[], tenancy: Tenancy, ttlSeconds: number) {
    const former = leases.find((lease) => lease.metadata.name === nameOf(slot));
    const version = former && versionOf(former);
    const lease = this.#lease(slot, tenancy, { created: new Date(), ttlSeconds, version });
    return version === undefined ? this.#create(lease) : this.#put(lease);
  }

  #lease(slot: number, tenancy: Tenancy | undefined, state: LeaseState): KubernetesObject {
    const { created, ttlSeconds, version } = state;
    const now = micro(new Date());
    return {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: {
        name: nameOf(slot),
        namespace: this.#namespace,
        labels: { [SLOT_LABEL]: String(slot) },
        ...(tenancy && { annotations: annotationsOf(tenancy) }),
        ...(version !== undefined && { resourceVersion: version }),
      },
      spec: tenancy
        ? {
            holderIdentity: tenancy.name,
            acquireTime: micro(created ?? new Date()),
            renewTime: now,
            leaseDurationSeconds: ttlSeconds,
          }
        : {},
    };
  }

  async #leases(): Promise<KubernetesObject[]> {
    const leases = await this.#client.list(LEASES, { namespace: this.#namespace });
    return leases.filter(({ metadata }) => metadata.labels?.[SLOT_LABEL] !== undefined);
  }

  async #create(lease: KubernetesObject): Promise<Held | undefined> {
    try {
      return read(await this.#client.create(lease));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 409) return undefined;
      if (error.status !== 404) throw error;
      throw new UserError(
        `There is no namespace ${this.#namespace}. Make it: npm run test-instance -- setup`,
      );
    }
  }

  async #put(lease: KubernetesObject): Promise<Held | undefined> {
    const written = await this.#replace(lease);
    return written && read(written);
  }

  #replace(lease: KubernetesObject): Promise<KubernetesObject | undefined> {
    return conflictFree(() => this.#client.replace(lease));
  }
}

/** When a slot that was taken is surely kept, and how often a request looks again until then. */
const SETTLED_MS = 2000;
const SETTLED_TRIES = 20;

export interface TakeArgs {
  readonly ttlSeconds: number;
  /** What all instances together may ask for. */
  readonly budget: Tenancy["requests"];
  /** The identity that belongs to a slot, if any does. */
  readonly identityOf?: (slot: number) => string | undefined;
}

/** Why no slot could be had, and who holds them. */
export interface Taken {
  readonly refused: "full" | "name" | "budget" | "identity";
  readonly held: readonly Held[];
}

/** Somebody else has changed a slot that was held. */
export class LostSlot extends UserError {
  constructor(instance: string) {
    super(`The slot of ${instance} was changed by somebody else. Look at it, and try again.`);
  }
}

/** The label of the leases that are slots. */
export const SLOT_LABEL = "packit.dev/slot";

/** Leases, as the API server knows them. */
export const LEASES = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" } as const;

/** The annotation that holds all that is said of a tenancy, and those that people read with kubectl. */
const TENANCY = "packit.dev/tenancy";

interface LeaseState {
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

function read(object: KubernetesObject): Held | undefined {
  // The API server gives a Lease the shape of its kind.
  const { metadata, spec } = object as Lease;
  const text = metadata.annotations?.[TENANCY];
  if (spec.holderIdentity === undefined || text === undefined) return undefined;
  const created = new Date(spec.acquireTime ?? 0);
  return {
    ...(JSON.parse(text) as Tenancy),
    slot: Number(metadata.labels?.[SLOT_LABEL]),
    created,
    expires: new Date(created.getTime() + (spec.leaseDurationSeconds ?? 0) * 1000),
    seen: new Date(spec.renewTime ?? 0),
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

function refusalOf(tenancy: Tenancy, held: readonly Held[], { budget }: TakeArgs): Taken | undefined {
  if (held.some(({ name }) => name === tenancy.name)) return { refused: "name", held };
  const { identity } = tenancy;
  if (identity !== undefined && held.some((one) => one.identity === identity))
    return { refused: "identity", held };
  const all = [tenancy, ...held].map(({ requests }) => requests);
  const sum = (key: "cpu" | "memory") => all.reduce((total, one) => total + one[key], 0);
  return sum("cpu") > budget.cpu || sum("memory") > budget.memory ? { refused: "budget", held } : undefined;
}

async function conflictFree<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    // 409: somebody was faster; 404: the lease is gone.
    if (error instanceof ApiError && [404, 409].includes(error.status)) return undefined;
    throw error;
  }
}

function nameOf(slot: number): string {
  return `slot-${slot}`;
}

function versionOf({ metadata }: KubernetesObject): string | undefined {
  return "resourceVersion" in metadata ? String(metadata.resourceVersion) : undefined;
}

/** The form of a Lease's times, with microseconds. */
function micro(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
