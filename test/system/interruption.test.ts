import { once } from "node:events";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { unlessAborted } from "../../system/interruption.ts";
import { ROOT } from "../support/stacks.ts";

/** The work of a command: what heeds that it is to end, and what does not. */
const WORK = {
  heeding: "(signal) => setTimeout(60_000, undefined, { signal })",
  deaf: "() => setTimeout(60_000)",
} as const;

function started(work: keyof typeof WORK) {
  const program = [
    `import { interruptible } from ${JSON.stringify(join(ROOT, "system/interruption.ts"))};`,
    "import { setTimeout } from 'node:timers/promises';",
    "const left = async () => 'It goes on running.';",
    `const running = interruptible(${WORK[work]}, left);`,
    "console.log('at work');",
    "await running;",
  ];
  return execa(process.execPath, ["--input-type=module", "-e", program.join("\n")], { reject: false });
}

describe("a command that is stopped", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("says what is left, and ends as the shell expects: %s", async (signal, code) => {
    const child = started("heeding");
    await once(child.stdout, "data");
    child.kill(signal);
    const { exitCode, stderr } = await child;
    expect([exitCode, stderr]).toEqual([code, "\nStopped. It goes on running."]);
  });

  it("says what it waits for, and ends at once when it is asked again", async () => {
    const child = started("deaf");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    await once(child.stderr, "data");
    child.kill("SIGINT");
    const { exitCode, stderr } = await child;
    expect([exitCode, stderr]).toEqual([
      130,
      expect.stringContaining("Once more, and it is not waited for."),
    ]);
  });
});

describe("work that is not waited for once it is aborted", () => {
  it("has its outcome before, and the reason afterwards", async () => {
    const stop = new AbortController();
    expect(await unlessAborted(Promise.resolve("done"), stop.signal)).toBe("done");
    const pending = unlessAborted(new Promise(() => {}), stop.signal);
    stop.abort(new Error("enough"));
    await expect(pending).rejects.toThrow("enough");
    await expect(unlessAborted(new Promise(() => {}), stop.signal)).rejects.toThrow("enough");
  });
});
