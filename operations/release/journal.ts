import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { EnvironmentError, knownError } from "../../errors.ts";
import { jsonIn } from "../../system/json-text.ts";
import { digestsIn } from "./digests.ts";

const at = z.string();
const record = z.record(z.string(), z.json());

const entry = z.discriminatedUnion("type", [
  z.object({ at, type: z.literal("begin"), record }),
  z.object({
    at,
    type: z.literal("step"),
    step: z.string(),
    state: z.enum(["begun", "waits", "done", "failed"]),
    said: z.string().optional(),
  }),
  z.object({ at, type: z.literal("intent"), key: z.string(), record }),
  z.object({ at, type: z.literal("done"), key: z.string(), isFound: z.boolean().optional() }),
  z.object({
    at,
    type: z.literal("answer"),
    key: z.string(),
    value: z.string(),
    question: z.string().optional(),
  }),
  z.object({ at, type: z.literal("fact"), key: z.string(), value: z.json() }),
  z.object({ at, type: z.literal("back"), record }),
  z.object({ at, type: z.literal("end"), how: z.enum(["finished", "aborted", "rolled back"]) }),
]);

/** What is written down of a release. */
export type Entry = z.output<typeof entry>;
/** An entry before it has its time. */
export type News = Entry extends infer E ? (E extends Entry ? Omit<E, "at"> : never) : never;
export type Json = z.output<ReturnType<typeof z.json>>;
export type Record = z.output<typeof record>;

export interface StepState {
  readonly state: "begun" | "waits" | "done" | "failed";
  readonly said?: string | undefined;
  readonly begun: string;
  /** When that was written. */
  readonly at: string;
}

/**
 * All that a release has done, a line of JSON each, on the disk before anything else happens. It holds no secret. A last
 * line that was cut off is as if it was never written.
 */
export class Journal {
  readonly #entries: Entry[];
  readonly #now: () => Date;
  readonly #path: string;
  #file: number | undefined;
  /** Why nothing can be written down any more. */
  #broken: EnvironmentError | undefined;

  private constructor(path: string, entries: Entry[], now: () => Date) {
    this.#path = path;
    this.#entries = entries;
    this.#now = now;
  }

  /** A journal to look at. */
  static read(path: string): Journal {
    return new Journal(path, entriesIn(path, readFileSync(path, "utf8")).entries, () => new Date());
  }

  /** A journal to go on with; made where there is none. Whoever opens it must hold the lock. */
  static open(path: string, now: () => Date): Journal {
    const isNew = !existsSync(path);
    const file = openSync(path, "a+", 0o600);
    if (isNew) syncFolder(dirname(path));
    const { entries, bytes } = entriesIn(path, readFileSync(file, "utf8"));
    ftruncateSync(file, bytes);
    const journal = new Journal(path, entries, now);
    journal.#file = file;
    return journal;
  }

  /** What is only tried leaves nothing behind: a journal in memory, which goes on from another one. */
  static draft(former: Journal | undefined, now: () => Date): Journal {
    return new Journal("the journal", [...(former?.entries ?? [])], now);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Writes an entry; it is on the disk when this returns. What was not written once, is not tried again. */
  append(news: News): void {
    if (this.#broken !== undefined) throw this.#broken;
    // The type says of each kind what it has besides its time.
    const made = { at: this.#now().toISOString(), ...news } as Entry;
    if (this.#file !== undefined) this.#write(this.#file, Buffer.from(`${JSON.stringify(made)}\n`));
    this.#entries.push(made);
  }

  #write(file: number, line: Buffer): void {
    try {
      // A disk that fills up takes a part, and says so only of the next.
      for (let written = 0; written < line.length; )
        written += writeSync(file, line, written, line.length - written);
      fsyncSync(file);
    } catch (error) {
      // Who opens it next cuts off what is no whole line.
      const why = knownError(error)?.message ?? String(error);
      this.#broken = new EnvironmentError(
        `${this.#path} cannot be written, and nothing is done that is not written down: ${why} Mend that, then go on.`,
      );
      throw this.#broken;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** How the release has ended, if it has. One that is being taken back has not. */
  get end(): "finished" | "aborted" | "rolled back" | undefined {
    const last = this.#turn;
    return last?.type === "end" ? last.how : undefined;
  }

  /** How often it was agreed to take it back. */
  get backs(): number {
    return this.#entries.filter(({ type }) => type === "back").length;
  }

  /** Whether it was agreed to take it back, and not all of that is done. */
  get isGoingBack(): boolean {
    return this.#turn?.type === "back";
  }

  /** What it has come to at last: an end, or that it is taken back after one. */
  get #turn() {
    return this.#entries.findLast((one) => one.type === "end" || one.type === "back");
  }

  /** What it was agreed to take back, since that was begun. */
  back<S extends z.ZodType>(schema: S): z.output<S> | undefined {
    const found = this.#entries.findLast((one) => one.type === "back");
    return found?.type === "back" ? this.#held("back", schema, found.record) : undefined;
  }

  /** What was said when it was begun, and since then. */
  begun<S extends z.ZodType>(schema: S): z.output<S> | undefined {
    const found = this.#entries.findLast((one) => one.type === "begin");
    return found?.type === "begin" ? this.#held("begin", schema, found.record) : undefined;
  }

  /** The only step, where it was begun with that by itself. */
  get alone(): string | undefined {
    return this.begun(z.object({ alone: z.string().optional() }))?.alone;
  }

  step(name: string): StepState | undefined {
    const all = this.#entries.filter((one) => one.type === "step" && one.step === name);
    const [first, last] = [all[0], all.at(-1)];
    if (first?.type !== "step" || last?.type !== "step") return undefined;
    return { state: last.state, said: last.said, begun: first.at, at: last.at };
  }

  /** What was intended under a key at last, and whether it is done. */
  effect(
    key: string,
  ): { readonly record: Record; readonly isDone: boolean; readonly at: string } | undefined {
    const intent = this.#entries.findLastIndex((one) => one.type === "intent" && one.key === key);
    const found = this.#entries[intent];
    if (found?.type !== "intent") return undefined;
    const isDone = this.#entries.slice(intent).some((one) => one.type === "done" && one.key === key);
    return { record: found.record, isDone, at: found.at };
  }

  /** The keys of all that was intended and starts with these words, in that order. It may have been done, or not. */
  intended(prefix: string): string[] {
    const keys = this.#entries.flatMap((one) => (one.type === "intent" ? one.key : []));
    return [...new Set(keys)].filter((key) => key.startsWith(prefix));
  }

  /** What was answered, to that very question where it is given. */
  answer(key: string, question?: string): string | undefined {
    const found = this.#entries.findLast((one) => one.type === "answer" && one.key === key);
    if (found?.type !== "answer") return undefined;
    return question === undefined || found.question === question ? found.value : undefined;
  }

  /** All digests that were noted as facts, which somebody may go back to. */
  get digests(): string[] {
    return digestsIn(JSON.stringify(this.#entries.filter(({ type }) => type === "fact")));
  }

  /** A fact as it was last written, held to a schema. */
  fact<S extends z.ZodType>(key: string, schema: S): z.output<S> | undefined {
    const found = this.#entries.findLast((one) => one.type === "fact" && one.key === key);
    return found?.type === "fact" ? this.#held(key, schema, found.value) : undefined;
  }

  /** What only this project writes, and somebody may have changed. */
  #held<S extends z.ZodType>(what: string, schema: S, value: unknown): z.output<S> {
    const { data, success } = schema.safeParse(value);
    if (success) return data;
    throw new EnvironmentError(`${this.#path}: "${what}" is not what this project writes there. ${CHANGED}`);
  }
}

const CHANGED =
  "It was changed by something else: restore it, or move it away if nothing of that release is to be gone on with.";

function entriesIn(path: string, text: string): { entries: Entry[]; bytes: number } {
  // What stands behind the last line break was cut off while it was written.
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines = whole.split("\n").slice(0, -1);
  const entries = lines.map((line, i) => {
    const { data } = entry.safeParse(jsonIn(line));
    if (data !== undefined) return data;
    throw new EnvironmentError(`${path}:${i + 1} is no entry of a journal. ${CHANGED}`);
  });
  return { entries, bytes: Buffer.byteLength(whole) };
}

/** A new file's name is on the disk only once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
