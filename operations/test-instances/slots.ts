import { type ApiClient, ApiError } from "../../cluster/api-client.ts";
import { pause } from "../../cluster/until.ts";
import { UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { exceeds, type Held, LEASES, leaseName, leaseOf, readLease, SLOT_LABEL, versionOf } from "./lease.ts";
import type { Tenancy } from "./tenancy.ts";

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
    return (await this.#leases()).flatMap((lease) => readLease(lease) ?? []);
  }

  /** The API server's time, in which slots are reckoned. */
  now(): Promise<Date> {
    return this.#client.now();
  }

  /**
   * Takes a free slot, or says who holds them all. A name and an identity are held once, and all that is held is within
   * the budget. So a slot is claimed first, then all are looked at again, and only then is it held: of any number of
   * claims that do not go together, whoever looks last sees all others.
   */
  async take(tenancy: Tenancy, args: TakeArgs): Promise<Held | Taken> {
    for (let attempt = 0; ; attempt++) {
      const leases = await this.#leases();
      const held = leases.flatMap((lease) => readLease(lease) ?? []);
      const ownIn = (slot: number) => ({ ...tenancy, identity: args.identityOf?.(slot) });
      const free = this.#free(held);
      const usable = free.filter((slot) => refusalOf(ownIn(slot), held, args) === undefined);
      // Where the pool's identities were put in another order, that of a free slot may be held in another one.
      const refusal =
        refusalOf(tenancy, held, args) ??
        (free.length > 0 && usable.length === 0 ? { refused: "identity", held } : undefined);
      if (refusal && isSettled(held, attempt)) return refusal;
      if (refusal) {
        await pause(Math.random() * 200);
        continue;
      }
      // Whoever comes at the same time tries another one.
      const slot = usable[Math.floor(Math.random() * usable.length)];
      if (slot === undefined) return { refused: "full", held };
      const own = ownIn(slot);
      const claimed = await this.#write(slot, leases, { ...own, state: "claiming" }, args.ttlSeconds);
      if (claimed === undefined) {
        await pause(Math.random() * 20);
        continue;
      }
      if (refusalOf(own, await this.#others(claimed), args) === undefined)
        return this.update(claimed, { state: tenancy.state });
      await this.release(claimed);
      await pause(Math.random() * 200);
    }
  }

  /** Has a held slot ask for something else, by the rules of {@link take}; it stays as it is where that is refused. */
  async retake(held: Held, tenancy: Tenancy, args: Pick<TakeArgs, "budget">): Promise<Held | Taken> {
    let own = held;
    for (let attempt = 0; ; attempt++) {
      const others = await this.#others(own);
      const refusal = refusalOf(tenancy, others, args);
      if (refusal && isSettled(others, attempt)) return refusal;
      if (refusal === undefined) {
        own = await this.update(own, { ...tenancy, state: "claiming" });
        if (refusalOf(tenancy, await this.#others(own), args) === undefined)
          return this.update(own, { state: tenancy.state });
        own = await this.update(own, held);
      }
      await pause(Math.random() * 200);
    }
  }

  /** Writes what has changed of a held slot; fails if somebody else has changed it meanwhile. */
  async update(held: Held, change: Partial<Tenancy> & { readonly expires?: Date }): Promise<Held> {
    const { expires = held.expires, ...tenancy } = change;
    const next = { ...held, ...tenancy };
    const ttlSeconds = Math.round((expires.getTime() - held.created.getTime()) / 1000);
    const lease = leaseOf(this.#namespace, held.slot, next, {
      now: await this.now(),
      created: held.created,
      ttlSeconds,
      version: held.version,
    });
    const written = await this.#put(lease);
    if (written === undefined) throw new LostSlot(`The slot of ${held.name} was changed by somebody else.`);
    return written;
  }

  /** A slot as it is now, if its instance and who is at work on it are still the same. */
  async again({ slot, name, run }: Held): Promise<Held | undefined> {
    const now = (await this.held()).find((one) => one.slot === slot);
    return now?.name === name && now.run === run ? now : undefined;
  }

  /** What has become of a slot that is no longer as its holder has it, in words. */
  async fate({ slot, name, run }: Held): Promise<string> {
    const now = (await this.held()).find((one) => one.slot === slot);
    if (now === undefined) return `${name} was destroyed, and its slot is free`;
    if (now.name !== name) return `${name} was destroyed, and its slot is ${now.name}'s now`;
    if (now.state === "destroying") return `${name} is being destroyed`;
    return now.run === run
      ? `the slot of ${name} was changed again and again`
      : `another deploy of ${name} has begun`;
  }

  /** Gives a slot back, if it is still held as it was read. Returns whether it was. */
  async release(held: Held): Promise<boolean> {
    const lease = leaseOf(this.#namespace, held.slot, undefined, {
      now: await this.now(),
      version: held.version,
    });
    return (await this.#replace(lease)) !== undefined;
  }

  #free(held: readonly Held[]): number[] {
    const taken = held.map(({ slot }) => slot);
    return Array.from({ length: this.#limit }, (_, i) => i + 1).filter((slot) => !taken.includes(slot));
  }

  async #write(slot: number, leases: readonly KubernetesObject[], tenancy: Tenancy, ttlSeconds: number) {
    const former = leases.find((lease) => lease.metadata.name === leaseName(slot));
    const version = former && versionOf(former);
    const lease = leaseOf(this.#namespace, slot, tenancy, { now: await this.now(), ttlSeconds, version });
    return version === undefined ? this.#create(lease) : this.#put(lease);
  }

  async #others({ slot }: Held): Promise<Held[]> {
    return (await this.held()).filter((one) => one.slot !== slot);
  }

  async #leases(): Promise<KubernetesObject[]> {
    const leases = await this.#client.list(LEASES, { namespace: this.#namespace });
    return leases.filter(({ metadata }) => metadata.labels?.[SLOT_LABEL] !== undefined);
  }

  async #create(lease: KubernetesObject): Promise<Held | undefined> {
    try {
      return readLease(await this.#client.create(lease));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 409) return undefined;
      if (error.status !== 404) throw error;
      throw new UserError(`There is no namespace ${this.#namespace}. Make it: ./ops test-instance setup`);
    }
  }

  async #put(lease: KubernetesObject): Promise<Held | undefined> {
    const written = await this.#replace(lease);
    return written && readLease(written);
  }

  async #replace(lease: KubernetesObject): Promise<KubernetesObject | undefined> {
    try {
      return await this.#client.replace(lease);
    } catch (error) {
      // 409: somebody was faster; 404: the lease is gone.
      if (error instanceof ApiError && [404, 409].includes(error.status)) return undefined;
      throw error;
    }
  }
}

/** How often a request that is refused looks again while others' claims may be given back. */
const SETTLED_TRIES = 20;

/** Whether nothing that is held may be given back in a moment; a claim that stays is that of somebody dead. */
function isSettled(held: readonly Held[], attempt: number): boolean {
  return attempt >= SETTLED_TRIES || !held.some(({ state }) => state === "claiming");
}

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
  /** @param what What has become of it, as a sentence. */
  constructor(what: string) {
    super(`${what} Look at it, and try again.`);
  }
}

function refusalOf(
  tenancy: Tenancy,
  held: readonly Held[],
  { budget }: Pick<TakeArgs, "budget">,
): Taken | undefined {
  if (held.some(({ name }) => name === tenancy.name)) return { refused: "name", held };
  const { identity } = tenancy;
  if (identity !== undefined && held.some((one) => one.identity === identity))
    return { refused: "identity", held };
  return exceeds(budget, [tenancy, ...held]) ? { refused: "budget", held } : undefined;
}
