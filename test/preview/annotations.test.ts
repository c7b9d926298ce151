import { describe, expect, it } from "vitest";
import type { StackDiff } from "../../diff/stack-diff.ts";
import { annotationsOf, runnerCommand } from "../../preview/annotations.ts";

const wrong = (message: string, side: "head" | "base" = "head"): StackDiff => ({
  stack: "prod",
  base: "0".repeat(40),
  state: "unknown",
  wrong: { side, message },
  objects: [],
  besides: [],
  restarts: [],
  totals: {},
  quotas: [],
});

describe("what is wrong with a stack's settings", () => {
  it.each([
    [
      "each beside its line",
      "Pulumi.prod.yaml: 2 settings are wrong; nothing was applied.\n\n  Pulumi.prod.yaml:3  packit:a\n    given    1\n    allowed  2\n\n  Pulumi.yaml:9  packit:b\n    given    nothing",
      [
        { file: "Pulumi.prod.yaml", line: 3, title: "packit:a", message: "given    1\nallowed  2" },
        { file: "Pulumi.yaml", line: 9, title: "packit:b", message: "given    nothing" },
      ],
    ],
    [
      "a mistake of YAML",
      "Pulumi.prod.yaml:4  a tab. Use spaces.",
      [{ file: "Pulumi.prod.yaml", line: 4, title: "a tab. Use spaces.", message: "a tab. Use spaces." }],
    ],
    [
      "what has no line",
      "something else",
      [{ file: "Pulumi.prod.yaml", title: "This stack cannot be rendered", message: "something else" }],
    ],
  ])("is told: %s", (_, message, expected) => {
    expect(annotationsOf([wrong(message)])).toEqual(expected);
  });

  it("at the base is nothing that this change could mend", () => {
    expect(annotationsOf([wrong("Pulumi.prod.yaml:4  a tab", "base")])).toEqual([]);
  });

  it("is one command to the runner, whatever is in its texts", () => {
    const command = runnerCommand({
      file: "a,b:c.yaml",
      line: 2,
      title: "x::y,\n::error::",
      message: "50%\r\n::stop-commands::",
    });
    expect(command).toBe(
      "::error file=a%2Cb%3Ac.yaml,line=2,title=x%3A%3Ay%2C%0A%3A%3Aerror%3A%3A::50%25%0D%0A::stop-commands::",
    );
  });
});
