import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/stacks.ts";
import { tool } from "./tools.ts";

const ruff = await tool("ruff");
const shellcheck = await tool("shellcheck");
const files = await ownFiles();

describe.skipIf(ruff.missing)("a program in Python, to Ruff", () => {
  const programs = files.filter((name) => extname(name) === ".py");

  it.each(programs)("has no fault: %s", async (name) => {
    await ruff.run(["check", ...OWN_RULES, "--", name], { cwd: ROOT });
  });

  it.each(programs)("is laid out as all are: %s", async (name) => {
    await ruff.run(["format", "--diff", ...OWN_RULES, "--", name], { cwd: ROOT });
  });

  it("is found wherever it is", () => {
    expect(programs).toContain("components/backup/backup.py");
  });
});

describe.skipIf(shellcheck.missing)("a program for a shell, to ShellCheck", () => {
  const programs = files.filter((name) => extname(name) === ".sh" || isShell(name));

  it.each(programs)("has no fault: %s", async (name) => {
    await shellcheck.run(["--", name], { cwd: ROOT });
  });

  it("is found wherever it is, by its name or its first line", () => {
    expect(programs).toEqual(expect.arrayContaining(["components/postgres/copy.sh", "ops"]));
  });
});

/** Exceptions hold for files that are named, too; nothing is written beside them. */
const OWN_RULES = ["--force-exclude", "--no-cache"];

/** The files of the project, those that are not committed yet among them. */
async function ownFiles(): Promise<string[]> {
  const kinds = ["--cached", "--others", "--exclude-standard", "--deduplicate"];
  const list = async (...args: string[]) =>
    (await execa("git", ["ls-files", ...args], { cwd: ROOT })).stdout.split("\n").filter(Boolean);
  const gone = new Set(await list("--deleted"));
  return (await list(...kinds)).filter((name) => !gone.has(name));
}

function isShell(name: string): boolean {
  return extname(name) === "" && /^#!.*\b(ba|da)?sh\n/.test(readFileSync(join(ROOT, name), "utf8"));
}
