import { describe, expect, it } from "vitest";
import { Journal } from "../../../operations/release/journal.ts";
import { statusTable, stepsOf } from "../../../operations/release/status.ts";
import { STEPS } from "../../../operations/release/steps.ts";

describe("how far a release is", () => {
  let minute = 0;
  const journal = Journal.draft(undefined, () => new Date(Date.UTC(2026, 10, 30, 13, minute)));
  const later = (minutes: number, news: Parameters<Journal["append"]>[0]) => {
    minute += minutes;
    journal.append(news);
  };
  later(0, { type: "step", step: "check-stage", state: "begun" });
  later(2, { type: "step", step: "check-stage", state: "done", said: "well" });
  later(0, { type: "fact", key: "waits", value: "something of before" });
  later(5, { type: "step", step: "wait-images", state: "begun" });
  const shown = () => stepsOf(journal, STEPS, ["publish"]);
  const waiting = () => shown().find(({ step }) => step === "wait-images");

  it("is told by step, with times, and with what is waited for now", () => {
    expect(shown()[0]).toMatchObject({ step: "check-stage", state: "done", seconds: 120, said: "well" });
    expect(waiting()?.said).toBeUndefined();
    later(1, { type: "fact", key: "waits", value: "images: packit-service is in progress" });
    expect(waiting()).toMatchObject({ state: "begun", said: "images: packit-service is in progress" });
    expect(shown().find(({ step }) => step === "publish")?.state).toBe("left out");
    expect(shown().at(-1)?.state).toBe("to do");
  });

  it("fits 80 columns, however long that is", () => {
    later(1, { type: "fact", key: "waits", value: `images: https://example.com/${"x".repeat(300)}` });
    const lines = statusTable("2026-11-30", journal, shown(), (verb) => `./ops release ${verb}`).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toBe("To go on: ./ops release resume");
  });
});
