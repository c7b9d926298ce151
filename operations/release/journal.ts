import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { EnvironmentError } from "../../errors.ts";
import { jsonIn } from "../../system/json-text.ts";

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
  z.object({ at, type: z.literal("answer"), key: z.string(), value: z.string() }),
  z.object({ at, type: z.literal("fact"), key: z.string(), value: z.json() }),
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
  #file: number | undefined;

  private constructor(entries: Entry[], file: number | undefined, now: () => Date) {
    this.#entries = entries;
    this.#file = file;
    this.#now = now;
  }

  /** A journal to look at. */
  static read(path: string): Journal {
    return new Journal(entriesIn(path, readFileSync(path, "utf8")).entries, undefined, () => new Date());
  }

  /** A journal to go on with; made where there is none. Whoever opens it must hold the lock. */
  static open(path: string, now: () => Date): Journal {
    const isNew = !existsSync(path);
    const file = openSync(path, "a+", 0o600);
    if (isNew) syncFolder(dirname(path));
    const { entries, bytes } = entriesIn(path, readFileSync(file, "utf8"));
    ftruncateSync(file, bytes);
    return new Journal(entries, file, now);
  }

  /** What is only tried leaves nothing behind: a journal in memory, which goes on from another one. */
  static draft(former: Journal | undefined, now: () => Date): Journal {
    return new Journal([...(former?.entries ?? [])], undefined, now);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Writes an entry; it is on the disk when this returns. */
  append(news: News): void {
    // The type says of each kind what it has besides its time.
    const made = { at: this.#now().toISOString(), ...news } as Entry;
    if (this.#file !== undefined) {
      writeSync(this.#file, `${JSON.stringify(made)}\n`);
      fsyncSync(this.#file);
    }
    this.#entries.push(made);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** How the release has ended, if it has. */
  get end(): "finished" | "aborted" | "rolled back" | undefined {
    return this.#entries.findLast((one) => one.type === "end")?.how;
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

  /** The keys of all that was done and starts with these words, in the order in which it was intended. */
  done(prefix: string): string[] {
    const keys = this.#entries.flatMap((one) => (one.type === "intent" ? one.key : []));
    return [...new Set(keys)].filter((key) => key.startsWith(prefix) && this.effect(key)?.isDone);
  }

  answer(key: string): string | undefined {
    const found = this.#entries.findLast((one) => one.type === "answer" && one.key === key);
    return found?.type === "answer" ? found.value : undefined;
  }

  /** A fact as it was last written, held to a schema. */
  fact<S extends z.ZodType>(key: string, schema: S): z.output<S> | undefined {
    const found = this.#entries.findLast((one) => one.type === "fact" && one.key === key);
    return found?.type === "fact" ? schema.parse(found.value) : undefined;
  }
}

function entriesIn(path: string, text: string): { entries: Entry[]; bytes: number } {
  // What stands behind the last line break was cut off while it was written.
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines = whole.split("\n").slice(0, -1);
  const entries = lines.map((line, i) => {
    const { data } = entry.safeParse(jsonIn(line));
    if (data !== undefined) return data;
    throw new EnvironmentError(
      `${path}:${i + 1} is no entry of a journal. It was changed by something else.`,
    );
  });
  return { entries, bytes: Buffer.byteLength(whole) };
}

/** A new file's name is on the disk only once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
