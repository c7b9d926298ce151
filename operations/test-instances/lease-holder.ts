import { EnvironmentError, UserError } from "../../errors.ts";
import type { Held } from "./lease.ts";
import { FENCE_MS, HEARTBEAT_MS } from "./silence.ts";
import { LostSlot, type Slots } from "./slots.ts";
import type { Tenancy } from "./tenancy.ts";

/** How often a change is tried again from what the slot is meanwhile, as after an extension. */
const TRIES = 5;

/**
 * The time during which a command works on an instance whose slot it holds. It ends by itself when the slot is lost,
 * when the instance's time is over, and when the slot may be lost, as nothing is heard of it.
 */
export class LeaseHolder {
  readonly #slots: Slots;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #held: Held;
  #queue: Promise<unknown> = Promise.resolve();
  /** When the last change that was taken was sent, by this process's own clock. */
  #heard = performance.now();
  readonly #expiry: "ahead" | "past";

  /** @param stop Ends it from without, with its reason. */
  constructor(slots: Slots, held: Held, stop?: AbortSignal) {
    stop?.addEventListener("abort", () => this.#abort.abort(stop.reason), { once: true });
    if (stop?.aborted) this.#abort.abort(stop.reason);
    this.#slots = slots;
    this.#held = held;
    // One that was over before is kept by somebody, and is no reason to stop.
    this.#expiry = held.expires > held.seen ? "ahead" : "past";
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#timer.unref();
  }

  /** Aborts once the slot is somebody else's, the instance's time is over, or the command is stopped. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get held(): Held {
    return this.#held;
  }

  /** Writes a change, one after another; the time at which the holder was seen is always among it. */
  update(change: Partial<Tenancy>): Promise<Held> {
    const next = this.#queue.then(() => this.#write(change));
    this.#queue = next.catch(() => {});
    return next;
  }

  /** Ends the work: the slot is no longer renewed. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#queue;
  }

  #beat(): void {
    this.update({}).catch(() => {});
    if (performance.now() - this.#heard < FENCE_MS) return;
    const { name } = this.#held;
    const seconds = FENCE_MS / 1000;
    this.#abort.abort(
      new EnvironmentError(
        `The slot of ${name} could not be renewed for ${seconds} s, and may be another's by now. Run the same command again.`,
      ),
    );
  }

  /** Tells whoever destroys the instance, or deploys it anew, if that is why the slot is lost, how far this has come with ending. */
  async answer(answer: "stopping" | "stopped"): Promise<void> {
    const { slot, name, run } = this.#held;
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const now = (await this.#slots.held()).find((one) => one.slot === slot && one.name === name);
      if (now?.ends !== run || now.answer === "stopped") return;
      const written = await this.#slots.update(now, { answer }).catch((error) => {
        if (!(error instanceof LostSlot)) throw error;
      });
      if (written) return;
    }
  }

  async #write(change: Partial<Tenancy>): Promise<Held> {
    for (let attempt = 1; ; attempt++) {
      const sent = performance.now();
      try {
        this.#held = await this.#slots.update(this.#held, change);
        this.#heard = sent;
        this.#endOnExpiry();
        return this.#held;
      } catch (error) {
        if (!(error instanceof LostSlot)) throw error;
        const now = await this.#slots.again(this.#held);
        if (now === undefined || now.state === "destroying" || attempt === TRIES) {
          const lost = new LostSlot(`This command has stopped: ${await this.#slots.fate(this.#held)}.`);
          this.#abort.abort(lost);
          await this.answer("stopping").catch(() => {});
          throw lost;
        }
        this.#held = now;
      }
    }
  }

  /** A slot is seen, and ends, in the API server's time. */
  #endOnExpiry(): void {
    const { name, expires, seen } = this.#held;
    if (this.#expiry === "past" || seen < expires) return;
    this.#abort.abort(
      new UserError(
        `The time of ${name} is over since ${expires.toISOString()}, while it was deployed. Deploy it again with a longer --ttl.`,
      ),
    );
  }
}
