import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Journals } from "../../../operations/release/journals.ts";
import { temporaryFolder } from "../../support/folder.ts";

const now = () => new Date("2026-11-30T13:00:00Z");

describe("the journals of a folder", () => {
  it("have none to go on with but a release that is not ended: no step by itself, and none that was not begun", () => {
    const folder = join(temporaryFolder());
    const journals = new Journals(folder);
    journals.open("2026-11-01", now).append({ type: "begin", record: {} });
    const ended = journals.open("2026-11-20", now);
    ended.append({ type: "begin", record: {} });
    ended.append({ type: "end", how: "aborted" });
    // As one that was killed.
    journals.open("2026-11-30-check-stage", now).append({ type: "begin", record: { alone: "check-stage" } });
    journals.open("2026-11-30", now);
    expect([journals.current, journals.whole]).toEqual(["2026-11-01", ["2026-11-20", "2026-11-01"]]);
    expect(journals.newName(now(), "check-stage")).toBe("2026-11-30-check-stage-2");
  });
});
