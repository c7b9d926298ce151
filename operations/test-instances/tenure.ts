import type { Held, Tenancy } from "./lease.ts";
import { LostSlot, type Slots } from "./slots.ts";

/** How often the holder of a slot says that it is at work, in milliseconds. */
export const HEARTBEAT_MS = 5_000;

/** How often a change is tried again from what the slot is meanwhile, as after an extension. */
const TRIES = 5;

/** The time during which a command works on an instance whose slot it holds. It ends by itself if the slot is lost. */
export class Tenure {
  readonly #slots: Slots;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #held: Held;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param stop Ends it from without, with its reason. */
  constructor(slots: Slots, held: Held, stop?: AbortSignal) {
    stop?.addEventListener("abort", () => this.#abort.abort(stop.reason), { once: true });
    if (stop?.aborted) this.#abort.abort(stop.reason);
    this.#slots = slots;
    this.#held = held;
    this.#timer = setInterval(() => this.update({}).catch(() => {}), HEARTBEAT_MS);
    this.#timer.unref();
  }

  /** Aborts once the slot is somebody else's, or the command is stopped. */
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

  end(): void {
    clearInterval(this.#timer);
  }

  /** Tells whoever destroys the instance, if that is why the slot is lost, how far this has come with ending. */
  async answer(answer: "stopping" | "stopped"): Promise<void> {
    const { slot, name, run } = this.#held;
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const now = (await this.#slots.held()).find((one) => one.slot === slot && one.name === name);
      if (now?.state !== "destroying" || now.ends !== run || now.answer === "stopped") return;
      const written = await this.#slots.update(now, { answer }).catch((error) => {
        if (!(error instanceof LostSlot)) throw error;
      });
      if (written) return;
    }
  }

  async #write(change: Partial<Tenancy>): Promise<Held> {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#held = await this.#slots.update(this.#held, change);
        return this.#held;
      } catch (error) {
        if (!(error instanceof LostSlot)) throw error;
        const now = await this.#slots.again(this.#held);
        if (now === undefined || now.state === "destroying" || attempt === TRIES) {
          this.#abort.abort(error);
          await this.answer("stopping").catch(() => {});
          throw error;
        }
        this.#held = now;
      }
    }
  }
}
