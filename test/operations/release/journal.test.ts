import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Effects } from "../../../operations/release/effects.ts";
import { Journal } from "../../../operations/release/journal.ts";
import { alone } from "../../../operations/release/lock.ts";
import { MOVES } from "../../../operations/release/moves.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { ROOT } from "../../support/stacks.ts";

const now = () => new Date("2026-11-30T13:00:00Z");

function written(): string {
  const path = join(temporaryFolder(), "j.jsonl");
  const journal = Journal.open(path, now);
  journal.append({ type: "begin", record: {} });
  journal.append({ type: "intent", key: "push ogr", record: { old: "a", new: "ž 👩‍👩‍👧" } });
  journal.append({ type: "done", key: "push ogr" });
  journal.append({ type: "step", step: "announce", state: "done", said: "all" });
  journal.close();
  return path;
}

describe("a journal", () => {
  it("that was cut off at any byte is what was whole, and goes on from there", () => {
    const path = written();
    const bytes = readFileSync(path);
    const whole = Journal.read(path).entries;
    fc.assert(
      fc.property(fc.nat(bytes.length), (length) => {
        writeFileSync(path, bytes.subarray(0, length));
        const { entries } = Journal.read(path);
        expect(entries).toEqual(whole.slice(0, entries.length));
        const journal = Journal.open(path, now);
        journal.append({ type: "end", how: "aborted" });
        journal.close();
        expect(Journal.read(path).entries).toHaveLength(entries.length + 1);
      }),
    );
  });

  it("that somebody else has changed is refused, with the line", () => {
    const path = written();
    writeFileSync(path, readFileSync(path, "utf8").replace('"type":"done"', '"type":"don"'));
    expect(() => Journal.read(path)).toThrow(`${path}:3 is no entry of a journal.`);
  });

  it("takes nothing for written that the disk has no room for, and goes on once it has", async () => {
    const path = join(temporaryFolder(), "j.jsonl");
    const module = join(ROOT, "operations/release/journal.ts");
    const script = `
      import { Journal } from ${JSON.stringify(module)};
      const journal = Journal.open(${JSON.stringify(path)}, () => new Date());
      let count = 0;
      for (const tries of [1, 2])
        try {
          for (;;) { journal.append({ type: "answer", key: "k", value: "v".repeat(300) }); count++; }
        } catch (error) {
          console.log(count, error.name, error.message);
        }`;
    // Files of at most 4 KiB, as if the disk was full then.
    const words = ["-c", 'ulimit -f 4; exec "$@"', "bash", process.execPath, "--input-type=module"];
    const { stdout } = await execa("bash", words, { input: script });
    const [first, second] = stdout.split("\n");
    expect(first).toMatch(/^\d+ EnvironmentError .*j\.jsonl cannot be written, and nothing is done/);
    expect(second).toBe(first);
    const { entries } = Journal.read(path);
    expect(entries).toHaveLength(Number(first?.split(" ")[0]));
    const journal = Journal.open(path, now);
    journal.append({ type: "end", how: "finished" });
    expect(Journal.read(path).entries).toHaveLength(entries.length + 1);
  });

  it.each([
    ["moves", '{"at":"x","type":"fact","key":"moves","value":{"ogr":1}}'],
    ["begin", '{"at":"x","type":"begin","record":{"at":1}}'],
  ])("in which somebody has changed %s says so", (what, line) => {
    const path = written();
    writeFileSync(path, `${line}\n`);
    const journal = Journal.read(path);
    const read = () => [journal.fact("moves", MOVES), journal.begun(MOVES)];
    expect(read).toThrow(`${path}: "${what}" is not what this project writes there.`);
    expect(read).toThrow("restore it, or move it away");
  });

  it("of one that is being taken back has no end, until it is", () => {
    const journal = Journal.draft(undefined, now);
    const ends: unknown[] = [];
    const then = (news: Parameters<Journal["append"]>[0]) => {
      journal.append(news);
      ends.push([journal.end, journal.isGoingBack]);
    };
    then({ type: "end", how: "finished" });
    then({ type: "back", record: {} });
    then({ type: "end", how: "rolled back" });
    expect(ends).toEqual([
      ["finished", false],
      [undefined, true],
      ["rolled back", false],
    ]);
  });

  it("knows what was intended and what is done", () => {
    const journal = Journal.read(written());
    expect(journal.effect("push ogr")).toMatchObject({ isDone: true, record: { old: "a" } });
    expect([journal.effect("push packit"), journal.end]).toEqual([undefined, undefined]);
    expect(journal.intended("push ")).toEqual(["push ogr"]);
  });
});

describe("an effect", () => {
  const tried = (isDry = false) => {
    const journal = Journal.draft(undefined, now);
    const said: string[] = [];
    const effects = new Effects({ journal, say: (line) => void said.push(line), isDry });
    const world = { count: 0 };
    const effect = (act: () => Promise<void>) => ({
      key: "k",
      title: "do it",
      record: (former: { before: number } | undefined) => former ?? { before: world.count },
      hasHappened: async () => world.count > 0,
      act,
    });
    return { journal, effects, world, said, effect };
  };

  it("is done once, with its intent written down before it", async () => {
    const { journal, effects, world, effect } = tried();
    const act = async () => {
      expect(journal.effect("k")).toMatchObject({ isDone: false });
      world.count++;
    };
    await effects.once(effect(act));
    await effects.once(effect(act));
    expect([world.count, journal.entries.map(({ type }) => type)]).toEqual([1, ["intent", "done"]]);
  });

  it("that fails is done if the outside says so, and keeps what it has recorded first", async () => {
    const { effects, world, effect } = tried();
    const lost = async () => {
      world.count++;
      throw new Error("no answer");
    };
    expect(await effects.once(effect(lost))).toEqual({ before: 0 });
    expect(world.count).toBe(1);
  });

  it("that fails and has not happened is tried again next time", async () => {
    const { effects, world, effect, journal } = tried();
    await expect(effects.once(effect(() => Promise.reject(new Error("refused"))))).rejects.toThrow("refused");
    await effects.once(
      effect(async () => {
        world.count++;
      }),
    );
    expect([world.count, journal.entries.filter(({ type }) => type === "intent").length]).toEqual([1, 1]);
  });

  it("is only told in a dry run", async () => {
    const { effects, effect, said, journal } = tried(true);
    await effects.once(effect(() => Promise.reject(new Error("done"))));
    expect([said, journal.entries]).toEqual([["  would: do it"], []]);
  });
});

describe("the lock", () => {
  it("lets one in at a time, and a dead holder's be taken over at once by one of many", async () => {
    const folder = temporaryFolder();
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside++;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await alone(folder, () => expect(alone(folder, work)).rejects.toThrow(`Process ${process.pid} on`));
    await alone(folder, work);
    // No process has that number: it is above the kernel's highest.
    const { mkdirSync, utimesSync } = await import("node:fs");
    mkdirSync(join(folder, "lock"));
    writeFileSync(
      join(folder, "holder.json"),
      JSON.stringify({ pid: 99_999_999, host: (await import("node:os")).hostname() }),
    );
    utimesSync(join(folder, "lock"), new Date(), new Date());
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => alone(folder, work)));
    expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
    expect(most).toBe(1);
  });
});
