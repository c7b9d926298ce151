import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reference } from "../../settings/reference.ts";
import { ROOT } from "../support/stacks.ts";

describe("docs/settings.md", () => {
  it("is what `./ops settings` prints", () => {
    expect(readFileSync(join(ROOT, "docs", "settings.md"), "utf8")).toBe(reference());
  });

  it("tells the meaning of every setting", () => {
    const rows = reference()
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(rows.filter((row) => row.split(" | ")[1]?.trim() === "")).toEqual([]);
  });
});
