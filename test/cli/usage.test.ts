import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { usage } from "../../cli/usage.ts";
import { findVerb, type Verb } from "../../cli/verb.ts";
import { ROOT } from "../support/stacks.ts";
import { allVerbs } from "../support/verbs.ts";

let root: Verb;
let verbs: readonly Verb[];

beforeAll(async () => {
  ({ root, verbs } = await allVerbs());
}, 60_000);

describe("the help of every verb", () => {
  it("names the whole command, fits 80 columns, is plain text, and describes each argument and option", async () => {
    expect(verbs.length).toBeGreaterThan(15);
    for (const verb of verbs) {
      const text = await usage(verb);
      const name = verb.path.join(" ");
      expect(text).toContain(`Usage: ./ops ${name}`);
      expect(text, name).not.toContain("\u001b");
      for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
      for (const [option, { type, description }] of Object.entries(verb.args)) {
        expect(description, `${name} ${option}`).toMatch(/^[A-Z].*[^.]$/);
        if (type !== "positional") expect(text).toContain(`--${option}`);
      }
    }
  });

  it("calls the same thing by the same word everywhere", () => {
    const all = verbs.flatMap(({ path, args }) =>
      Object.entries(args).map(([name, arg]) => ({ name, arg, path })),
    );
    const stacks = all.filter(({ name, arg }) => name === "stack" && arg.type !== "positional");
    const lengths = all.filter(({ arg }) => "valueHint" in arg && arg.valueHint === "TIME");
    expect(stacks).toEqual([]);
    // Whatever is a length of time says its default with a unit.
    for (const { arg, path } of lengths)
      if (arg.default !== undefined) expect(arg.default, path.join(" ")).toMatch(/^\d+[smhd]$/);
    for (const option of ["local", "kubeconfig", "json", "context", "limit", "wait"]) {
      const types = all.filter(({ name }) => name === option).map(({ arg }) => arg.type);
      expect(new Set(types).size, option).toBe(1);
    }
  });

  it("is had by help VERB, VERB --help and VERB -h alike, whatever else is there", async () => {
    const { verb } = await findVerb(root, ["local", "up"]);
    const wanted = await usage(verb);
    for (const words of [
      ["help", "local", "up"],
      ["local", "up", "--help"],
      ["local", "up", "-h", "--nonsense"],
    ]) {
      const { exitCode, stdout } = await execa(process.execPath, [join(ROOT, "cli", "ops.ts"), ...words]);
      expect([exitCode, stdout]).toEqual([0, wanted]);
    }
  });

  it("is what make help ends with", async () => {
    const { stdout } = await execa("make", ["--silent", "help"], { cwd: ROOT });
    for (const { path } of verbs) expect(stdout).toContain(`  ${path.join(" ")} `);
    const targets = [...readFileSync(join(ROOT, "Makefile"), "utf8").matchAll(/^([a-z-]+):/gm)].map(
      ([, name]) => name,
    );
    for (const target of targets.filter((name) => name !== "stack"))
      expect(stdout).toContain(`make ${target}`.replace("make help", "make "));
  });
});
