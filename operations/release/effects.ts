import type { Journal, Record } from "./journal.ts";

/** A change of the world outside. */
export interface Effect<R extends Record> {
  /** What it is known by in the journal, as `push ogr`. */
  readonly key: string;
  /** What is done, in words. */
  readonly title: string;
  /** All that is needed to know it again and to undo it. A former try's record is handed in. */
  readonly record: (former: R | undefined) => R | Promise<R>;
  /** Whether it has happened, by asking the outside. */
  readonly hasHappened: (record: R) => Promise<boolean>;
  readonly act: (record: R) => Promise<void>;
}

export interface EffectsArgs {
  readonly journal: Journal;
  readonly say: (line: string) => void;
  /** Whether nothing is done, and only said. */
  readonly isDry: boolean;
}

/**
 * Does each thing once, whenever the program ends and how often it is run: the intent is written down before, that it is
 * done is written down after, and an intent without its end is looked for outside before anything is done again.
 */
export class Effects {
  readonly #args: EffectsArgs;

  constructor(args: EffectsArgs) {
    this.#args = args;
  }

  /** The record of an effect that has happened when this returns. */
  async once<R extends Record>(effect: Effect<R>): Promise<R> {
    const { journal, say, isDry } = this.#args;
    const { key, title } = effect;
    const former = journal.effect(key);
    // It was written by an effect of this key.
    if (former?.isDone) return former.record as R;
    const record = await effect.record(former?.record as R | undefined);
    const intend = () => {
      if (JSON.stringify(former?.record) !== JSON.stringify(record))
        journal.append({ type: "intent", key, record });
    };
    if (await effect.hasHappened(record)) {
      intend();
      journal.append({ type: "done", key, isFound: true });
      return record;
    }
    if (isDry) {
      say(`  would: ${title}`);
      return record;
    }
    intend();
    say(`  ${title}`);
    try {
      await effect.act(record);
    } catch (error) {
      // The answer can be lost of what has been done.
      if (!(await effect.hasHappened(record).catch(() => false))) throw error;
    }
    journal.append({ type: "done", key });
    return record;
  }
}
