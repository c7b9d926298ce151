import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proven, readLog } from "../../operations/cache-log.ts";

const amount = fc.nat();
const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,12}$/);

/** What repository-cache.py says of some repositories, each done or failed, and what Python and git may say in between. */
const log = fc
  .tuple(
    fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
    fc.infiniteStream(
      fc.record({ isDone: fc.boolean(), seconds: amount, bytes: amount, detail: fc.string() }),
    ),
    fc.infiniteStream(fc.constantFrom("", "", "<string>:1: DeprecationWarning: {nothing}\n", "\n", "{}\n")),
  )
  .map(([names, outcomes, noise]) => {
    const said = names.flatMap((repository) => {
      const [outcome] = outcomes.take(1);
      const { isDone, ...rest } = outcome ?? { isDone: true };
      return [
        { repository, state: "working" },
        { repository, state: isDone ? "done" : "failed", ...rest },
      ];
    });
    const lines = [...said, { volume: { bytes: 4096, free: 17 }, lines: said.length }];
    const text = lines.map((line) => `${[...noise.take(1)][0]}${JSON.stringify(line)}\n`).join("");
    const states = said
      .filter(({ state }) => state !== "working")
      .map(({ repository, state }) => [repository, state]);
    return { names, text, states };
  });

describe("a log of repository-cache.py", () => {
  it("proves how each repository ended, whatever else stands in it", () => {
    fc.assert(
      fc.property(log, ({ names, text, states }) => {
        const { gap, repositories, size } = proven(text, names);
        expect(gap).toBeUndefined();
        expect(repositories.map(({ repository, state }) => [repository, state])).toEqual(states);
        expect(size).toEqual({ bytes: 4096, free: 17 });
      }),
    );
  });

  it("that is cut at either end, wherever, proves nothing, and says so", () => {
    fc.assert(
      fc.property(log, ({ names, text }) => {
        const end = text.trimEnd().length;
        for (let at = 0; at < end; at += 1)
          expect(proven(text.slice(0, at), names).gap, `to ${at}`).toBeDefined();
        const first = text.indexOf('{"repository"');
        for (let at = first + 1; at <= text.length; at += 1)
          expect(proven(text.slice(at), names).gap, `from ${at}`).toBeDefined();
      }),
      { numRuns: 20 },
    );
  });

  it("that lacks a line or a byte, or has another one, never tells of another end than there was", () => {
    const spoilt = fc.tuple(log, fc.nat(), fc.constantFrom("", "{", "\n", '"', "0", "\u0000"));
    fc.assert(
      fc.property(spoilt, ([{ names, text, states }, place, instead]) => {
        const at = place % text.length;
        const { gap, repositories } = proven(text.slice(0, at) + instead + text.slice(at + 1), names);
        const told = repositories.map(({ repository, state }) => [repository, state]);
        if (gap === undefined) expect(told).toEqual(states);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(log, fc.nat(), ({ names, text }, place) => {
        const lines = text.split("\n");
        const own = lines.flatMap((line, i) => (line.startsWith('{"') ? [i] : []));
        lines.splice(own[place % own.length] ?? 0, 1);
        expect(proven(lines.join("\n"), names).gap).toBeDefined();
      }),
    );
  });

  it.each([
    ["nothing", "", "its pod said nothing"],
    [
      "nothing of a repository",
      `{"volume":{"bytes":1,"free":1},"lines":0}`,
      "did not say what became of systemd",
    ],
    [
      "a beginning without an end",
      `{"repository":"systemd","state":"working"}`,
      "did not say what became of systemd",
    ],
    [
      "what looks like an end",
      `{"repository":"systemd","state":"finished"}`,
      "did not say what became of systemd",
    ],
    ["another's words", "<html><body>502 Bad Gateway</body></html>", "did not say what became of systemd"],
    ["no last line", `{"repository":"systemd","state":"done"}`, "a part of what its pod said is missing"],
  ])("that holds %s has a gap that is told", (_, text, gap) => {
    expect(proven(text, ["systemd"]).gap).toContain(gap);
  });

  it("is the last word on each repository so far, while it grows", () => {
    const text = `{"repository": "a", "state": "working"}\n{"repository": "a", "state": "working", "bytes": 17, "seconds": 2}\n{"rep`;
    expect(readLog(text)).toEqual({
      repositories: [{ repository: "a", state: "working", bytes: 17, seconds: 2 }],
      isWhole: false,
    });
  });
});
