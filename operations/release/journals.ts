import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { Journal } from "./journal.ts";

const SUFFIX = ".jsonl";

/** The journals of all releases, in one folder. */
export class Journals {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The names of all releases, the newest first. */
  get names(): string[] {
    if (!existsSync(this.folder)) return [];
    // One that was not begun, as something was refused, is none.
    const files = readdirSync(this.folder).filter(
      (name) => name.endsWith(SUFFIX) && statSync(join(this.folder, name)).size > 0,
    );
    return files.map((name) => name.slice(0, -SUFFIX.length)).sort((a, b) => compare(b, a));
  }

  /** The one that is not ended. */
  get current(): string | undefined {
    return this.names.find((name) => {
      const { entries, end } = this.read(name);
      return entries.length > 0 && end === undefined;
    });
  }

  read(name: string): Journal {
    return Journal.read(this.#path(name));
  }

  open(name: string, now: () => Date): Journal {
    return Journal.open(this.#path(name), now);
  }

  /** A name for a release of this day that no other one has. */
  newName(day: Date, what = ""): string {
    const base = `${day.toISOString().slice(0, 10)}${what === "" ? "" : `-${what}`}`;
    const names = this.names;
    for (let count = 1; ; count++) {
      const name = count === 1 ? base : `${base}-${count}`;
      if (!names.includes(name)) return name;
    }
  }

  /** The one that is not ended; a UserError where there is none. */
  mustBeOpen(): string {
    const { current } = this;
    if (current !== undefined) return current;
    throw new UserError("No release is under way. To begin one: ./ops release start");
  }

  /** When a step was last done that really did something. */
  lastDone(step: string, isIdle: (said: string) => boolean): Date | undefined {
    const times = this.names.flatMap((name) => {
      const state = this.read(name).step(step);
      return state?.state === "done" && !isIdle(state.said ?? "") ? [Date.parse(state.at)] : [];
    });
    return times.length === 0 ? undefined : new Date(Math.max(...times));
  }

  /** All digests that were noted. */
  get digests(): string[] {
    const facts = this.names.flatMap((name) => this.read(name).entries.filter(({ type }) => type === "fact"));
    return JSON.stringify(facts).match(/sha256:[0-9a-f]{64}/g) ?? [];
  }

  #path(name: string): string {
    return join(this.folder, `${name}${SUFFIX}`);
  }
}

/** By day, and releases of one day by their numbers. */
function compare(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
