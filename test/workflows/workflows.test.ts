import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkArguments } from "../../cli/arguments.ts";
import { ops } from "../../cli/commands.ts";
import { findVerb, verbOf } from "../../cli/verb.ts";
import { commandsOf } from "../support/documented.ts";
import { ROOT } from "../support/stacks.ts";
import { ACTIONS, SHOWN, type Step, shownIn, stepsOf, WORKFLOWS } from "../support/workflows.ts";

const workflows = [...WORKFLOWS, ...SHOWN].map((one) => [one.path, one] as const);
const steps: [path: string, steps: Step[]][] = [
  ...workflows.map(([path, { parsed }]): [string, Step[]] => [path, stepsOf(parsed).map(({ step }) => step)]),
  ...ACTIONS.map(({ path, parsed }): [string, Step[]] => [path, [...parsed.runs.steps]]),
];

const DEFAULT_BRANCH = expect.stringMatching(/^\$\{\{ github\.event\.repository\.default_branch \}\}$/);

/** What is used in a file: the action, its commit, and the comment behind it. */
const USES = /^[ -]*uses: *(\S+?)(?:@(\S+))?(?: +# *(.*))?$/gm;

describe("the actions that workflows use", () => {
  const used = [...workflows.map(([, one]) => one), ...ACTIONS].flatMap(({ path, text }) =>
    [...text.matchAll(USES)].map(([, name = "", ref = "", comment = ""]) => ({ path, name, ref, comment })),
  );
  // A page for other repositories names this project's own workflows, which is no one else's.
  const foreign = used.filter(({ name }) => !name.startsWith("./") && !name.startsWith("packit/deployment/"));

  it("are of one commit, and tell its version", () => {
    expect(foreign.length).toBeGreaterThan(2);
    for (const { path, name, ref, comment } of foreign) {
      expect(ref, `${path}: ${name}`).toMatch(/^[0-9a-f]{40}$/);
      expect(comment, `${path}: ${name}`).toMatch(/^v\d+\.\d+\.\d+$/);
    }
    const called = workflows.flatMap(([, { parsed }]) =>
      Object.values(parsed.jobs).flatMap(({ uses }) => uses ?? []),
    );
    const told = [...called, ...steps.flatMap(([, all]) => all.flatMap((step) => step.uses ?? []))];
    expect(used.length).toBe(told.length);
  });

  it("are of the same commit everywhere", () => {
    for (const [name, all] of Map.groupBy(foreign, (one) => one.name))
      expect(new Set(all.map(({ ref, comment }) => `${ref} ${comment}`)).size, name).toBe(1);
  });

  it("leave no token behind, where that is a checkout", () => {
    for (const [path, all] of steps)
      for (const step of all)
        if (step.uses?.startsWith("actions/checkout@"))
          expect(step.with, path).toMatchObject({ "persist-credentials": false });
  });
});

describe.each(workflows)("%s", (_, { parsed }) => {
  it("gives each job the rights that it names, and no others", () => {
    expect([{}, { contents: "read" }]).toContainEqual(parsed.permissions);
  });

  it("checks nothing of strangers out, where it starts with its own rights on what they do", () => {
    if (!JSON.stringify(parsed.on).includes("pull_request_target")) return;
    for (const { step } of stepsOf(parsed))
      if (step.uses?.startsWith("actions/checkout@"))
        expect(step.with).toMatchObject({ ref: DEFAULT_BRANCH });
  });

  it("ends at some time", () => {
    for (const [name, job] of Object.entries(parsed.jobs))
      if (job.uses === undefined) expect(job["timeout-minutes"], name).toBeGreaterThan(0);
  });
});

it.each(
  WORKFLOWS.map((one) => [one.path, one] as const),
)("%s has secrets in an environment alone, which can keep them from who may push a branch", (_, {
  parsed,
}) => {
  for (const [name, job] of Object.entries(parsed.jobs))
    if (/\bsecrets\b/.test(JSON.stringify(job))) expect(job.environment, name).toBeDefined();
  expect(JSON.stringify(parsed.env ?? {})).not.toMatch(/\bsecrets\b/);
});

it("a workflow is found where a page shows it, and nothing else is taken for one", () => {
  const page = ["```yaml", "on: push", "jobs: {}", "```", "```yaml", "config:", "  on: 1", "```", ""].join(
    "\n",
  );
  expect(shownIn("page.md", page).map(({ path, parsed }) => [path, parsed.on])).toEqual([
    ["page.md-0.yml", "push"],
  ]);
});

describe("a script", () => {
  const scripts = steps.flatMap(([path, all]) =>
    all.flatMap(({ run }) => (run ? [[path, run] as const] : [])),
  );

  it("holds no expression, whose value could be commands", () => {
    expect(scripts.length).toBeGreaterThan(5);
    for (const [path, script] of scripts) expect(script, path).not.toContain("${{");
  });

  it("installs what the lockfile pins, and runs nothing of it", () => {
    expect(readFileSync(join(ROOT, ".npmrc"), "utf8")).toMatch(/^ignore-scripts=true$/m);
    const lines = scripts
      .flatMap(([, script]) => script.split("\n"))
      .filter((line) => /\bnp[mx]\b/.test(line));
    expect(new Set(lines)).toEqual(new Set(["npm ci --ignore-scripts"]));
  });
});

describe("what a workflow runs of ./ops", () => {
  it("is a verb of it, with arguments that this takes", async () => {
    const root = await verbOf(ops);
    let count = 0;
    for (const [path, { parsed }] of workflows)
      for (const { job, step } of stepsOf(parsed)) {
        if (!step.run?.includes("./ops")) continue;
        const names = Object.keys({ ...parsed.env, ...job.env, ...step.env });
        const env = Object.fromEntries([...names, ...GITHUBS].map((name) => [name, "given"]));
        const commands = await commandsOf({ page: path, scripts: [step.run], env });
        for (const { program, args } of commands.flat()) {
          if (program !== "./ops") continue;
          count += 1;
          const { verb, rest } = await findVerb(root, args);
          expect(verb.verbs, `${path}: ./ops ${args.join(" ")}`).toEqual({});
          expect(() => checkArguments(verb.args, rest), `${path}: ./ops ${args.join(" ")}`).not.toThrow();
        }
      }
    expect(count).toBeGreaterThan(1);
  });
});

/** Variables of GitHub's own. */
const GITHUBS = [
  ...["GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_SERVER_URL"],
  ...["GITHUB_SHA", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "RUNNER_TEMP"],
];
