import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Journal } from "./journal.ts";
import { type Notice, noticesOf } from "./notices.ts";

const SUFFIX = ".jsonl";

/** The journals of all releases, in one folder. */
export class Journals {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The names of all releases, the newest first. */
  get names(): string[] {
    return this.#all().map(({ name }) => name);
  }

  /** The names of those that are more than a step by itself, which nobody goes on with. */
  get whole(): string[] {
    return this.#whole().map(({ name }) => name);
  }

  /** The one that is not ended. */
  get current(): string | undefined {
    return this.#whole().find(({ journal }) => journal.end === undefined)?.name;
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

  /** When a step was last done that really did something. */
  lastDone(step: string, isIdle: (said: string) => boolean): Date | undefined {
    const times = this.#all().flatMap(({ journal }) => {
      const state = journal.step(step);
      return state?.state === "done" && !isIdle(state.said ?? "") ? [Date.parse(state.at)] : [];
    });
    return times.length === 0 ? undefined : new Date(Math.max(...times));
  }

  /** All digests that were noted. */
  get digests(): string[] {
    return this.#all().flatMap(({ journal }) => journal.digests);
  }

  /** The notices that were put before topics, the newest first. */
  get notices(): Notice[] {
    return this.#all().flatMap(({ journal }) => noticesOf(journal));
  }

  #whole() {
    return this.#all().filter(({ journal }) => journal.alone === undefined);
  }

  #all(): { readonly name: string; readonly journal: Journal }[] {
    if (!existsSync(this.folder)) return [];
    const files = readdirSync(this.folder).filter((name) => name.endsWith(SUFFIX));
    const names = files.map((name) => name.slice(0, -SUFFIX.length)).sort((a, b) => compare(b, a));
    const all = names.map((name) => ({ name, journal: this.read(name) }));
    // One that was not begun, as something was refused or it was killed, is none.
    return all.filter(({ journal }) => journal.entries.length > 0);
  }

  #path(name: string): string {
    return join(this.folder, `${name}${SUFFIX}`);
  }
}

/** By day, and releases of one day by their numbers. */
function compare(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
