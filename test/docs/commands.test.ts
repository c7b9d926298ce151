import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { checkArguments } from "../../cli/arguments.ts";
import { ops } from "../../cli/commands.ts";
import { findVerb, verbOf } from "../../cli/verb.ts";
import { explain } from "../../errors.ts";
import { type Documented, documented, PAGES } from "../support/documented.ts";
import { OC_ALONE, ocAlone } from "../support/oc.ts";
import { PULUMI, pulumiFault } from "../support/pulumi-cli.ts";
import { registered } from "../support/registered.ts";
import { ROOT } from "../support/stacks.ts";

const scripts: Record<string, string> = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts;
let all: Documented[];

beforeAll(async () => {
  all = (await Promise.all(PAGES.map((page) => documented(page)))).flat();
}, 60_000);

describe("each command that a page tells to run", () => {
  it("is found, on every page that has any", () => {
    const counted = Map.groupBy(all, ({ page }) => page);
    for (const page of ["README.md", "docs/operations.md", "docs/postgresql.md", "docs/secrets.md"])
      expect(counted.get(page)?.length, page).toBeGreaterThan(1);
    expect(of("pulumi").length).toBeGreaterThan(20);
    expect(of("oc").length).toBeGreaterThan(15);
  });

  it("of Pulumi is one that Pulumi's CLI has, with options that it has", () => {
    const faults = of("pulumi").flatMap(({ page, args, isWhole }) => {
      const fault = pulumiFault(args, isWhole);
      return fault === undefined ? [] : [`${page}: ${fault}`];
    });
    expect(faults).toEqual([]);
    expect(pulumiFault(["stack", "--show-urn"])).toMatch("no option --show-urn");
    expect(pulumiFault(["state", "unprotected"])).toMatch("no command");
    expect(pulumiFault(["config", "set"])).toMatch("0 words");
  });

  it("of npm and make is one of this project's own", async () => {
    for (const { page, args } of of("npm")) {
      const [verb, ...rest] = args;
      const script = rest.find((word) => !word.startsWith("-")) ?? "";
      expect(verb === "ci" || (verb === "run" && script in scripts), `${page}: npm ${args.join(" ")}`).toBe(
        true,
      );
    }
    for (const { page, args } of of("make")) {
      const { exitCode, stderr } = await execa("make", ["--dry-run", ...args], { cwd: ROOT, reject: false });
      expect(exitCode, `${page}: make ${args.join(" ")}: ${stderr}`).toBe(0);
    }
  });

  it("of ./ops is one of its verbs, with arguments that this takes", async () => {
    const root = await verbOf(ops);
    // Help is taken before any verb; doctor is told of before it is there.
    const checked = of("./ops").filter(({ args }) => !["help"].includes(args[0] ?? ""));
    const faults = checked.map(async ({ page, args, isWhole }) => {
      try {
        const { verb, rest } = await findVerb(root, args);
        if (isWhole) checkArguments(verb.args, rest);
        return [];
      } catch (error) {
        return [`${page}: ./ops ${args.join(" ")}: ${explain(error)}`];
      }
    });
    expect((await Promise.all(faults)).flat()).toEqual([]);
    expect(faults.length).toBeGreaterThan(10);
  });

  it("of oc alone is one of a known form", () => {
    const own = of("oc").filter(({ args }) => ocAlone(args) !== undefined);
    expect(own.length).toBeGreaterThan(3);
    for (const { page, args } of own) {
      const options = args.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0] ?? "");
      const known = OC_ALONE[ocAlone(args) ?? ""] ?? [];
      expect(
        options.filter((name) => !known.includes(name)),
        `${page}: oc ${args.join(" ")}`,
      ).toEqual([]);
    }
  });

  it("in a pod asks nothing, as nobody there can answer: Celery deletes tasks unasked with -f alone", () => {
    const purges = all.filter(({ args }) => args.includes("celery") && args.includes("purge"));
    expect(purges.length).toBeGreaterThan(0);
    for (const { args } of purges) expect(args.slice(args.indexOf("purge"))).toContain("-f");
  });
});

describe("the last step of PostgreSQL's upgrade", () => {
  it("finds the URN of the former version's volume, and no other", async () => {
    const resources = await registered({ postgres: { secondVersion: 16 } });
    const urn = (one: { type: string; name: string }) =>
      `urn:pulumi:stage::packit-deployment::packit$${one.type}::${one.name}`;
    // As the CLI prints them: a row, and the URN on the next one.
    const rows = resources
      .map((one) => `    ├─ ${one.type}  ${one.name}\n    │     URN: ${urn(one)}\n`)
      .join("");
    const commands = await documented("docs/postgresql.md", { "pulumi stack --show-urns": rows });
    const claims = resources.filter(
      ({ objectName, type }) => objectName === "postgres-15" && type.endsWith(":PersistentVolumeClaim"),
    );
    expect(claims).toHaveLength(1);
    const unprotected = commands.filter(({ args }) => args.slice(0, 2).join(" ") === "state unprotect");
    expect(unprotected.map(({ args }) => args.slice(2))).toEqual(claims.map((one) => [urn(one)]));
  });
});

const real = await execa("pulumi", ["version"], { reject: false });
if (real.failed) process.stderr.write("Skipped: the test that asks Pulumi's CLI, which is not on PATH\n");

describe.skipIf(real.failed)("Pulumi's CLI itself", () => {
  it.each(Object.entries(PULUMI))("has %s with the options of the table", async (verb, { options }) => {
    const { stdout } = await execa("pulumi", [...verb.split(" "), "--help"]);
    // By its name or an alias; the help of an unknown command is its parent's.
    const [names = ""] = /^Usage:.*?^Flags:/ms.exec(stdout) ?? [];
    expect(names.split(/[\s,]+/)).toContain(verb.split(" ").at(-1));
    for (const option of options) expect(stdout).toContain(` ${option.replace("=", " ")}`);
  });
});

function of(program: string): Documented[] {
  return all.filter((one) => one.program === program);
}
