import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WORKFLOW } from "../../operations/deployment/ended.ts";
import { hostOf } from "../../operations/deployment/lock.ts";
import { knownStacks } from "../../settings/stacks.ts";
import { commandsOf } from "../support/documented.ts";
import { ROOT } from "../support/stacks.ts";
import { ACTIONS, type Job, stepsOf, WORKFLOWS } from "../support/workflows.ts";

const source = WORKFLOWS.find(({ path }) => path === WORKFLOW);
if (source === undefined) throw new Error(`There is no ${WORKFLOW}.`);
const { parsed, text } = source;
const { release, preview, up } = parsed.jobs as { release: Job; preview: Job; up: Job };
const page = readFileSync(join(ROOT, "docs/deployment.md"), "utf8");

describe("the workflow that deploys", () => {
  it("knows all stacks, and starts a run of each but stage with a release", async () => {
    const { workflow_dispatch: byHand } = parsed.on as {
      workflow_dispatch: { inputs: { stack: { options: string[] } } };
    };
    const { options } = byHand.inputs.stack;
    expect(options.toSorted()).toEqual(knownStacks(ROOT).toSorted());
    const scripts = (release.steps ?? []).flatMap(({ run }) => run ?? []);
    const started = await commandsOf({ page: WORKFLOW, scripts, env: { GITHUB_REF: "refs/tags/--tag" } });
    expect(started.flat().map(({ args }) => args)).toEqual(
      options
        .filter((stack) => stack !== "stage")
        .map((stack) => ["workflow", "run", "deploy.yml", "--ref=refs/tags/--tag", `--field=stack=${stack}`]),
    );
  });

  it("does only what somebody has agreed to, in the stack's own environment, once a preview has found something", () => {
    expect(up).toMatchObject({
      needs: "preview",
      if: "needs.preview.outputs.changes == 'true'",
      environment: expression("inputs.stack || 'stage'"),
    });
    expect(preview.environment).toBe(`${expression("inputs.stack || 'stage'")}-preview`);
    expect(parsed.env).toEqual({ STACK: expression("inputs.stack || 'stage'") });
  });

  it("has one run of a stack at a time, and ends none that is at work", () => {
    expect(parsed.concurrency).toMatchObject({
      group: expect.stringContaining("inputs.stack || 'stage'"),
      "cancel-in-progress": false,
    });
  });

  it("uses secrets only in an environment, and a token for AWS only where a role is taken", () => {
    for (const [name, job] of Object.entries(parsed.jobs)) {
      const uses = (job.steps ?? []).flatMap((step) => step.uses ?? []);
      const isGuarded = job.environment !== undefined;
      expect(JSON.stringify(job).includes("secrets."), name).toBe(isGuarded);
      expect(job.permissions?.["id-token"], name).toBe(isGuarded ? "write" : undefined);
      expect(uses.includes("./.github/actions/pulumi"), name).toBe(isGuarded);
    }
    const actions = Object.values(parsed.jobs).map(({ permissions }) => permissions?.actions);
    expect(actions).toEqual(["write", undefined, "read"]);
  });

  it("names its machine as its lock is known by", async () => {
    const script = up.steps?.find(({ run }) => run?.includes("hostname"))?.run ?? "";
    const env = { GITHUB_RUN_ID: "12", GITHUB_RUN_ATTEMPT: "3" };
    const named = await commandsOf({ page: WORKFLOW, scripts: [script], env });
    expect(named.flat()).toEqual([{ program: "sudo", args: ["hostname", hostOf({ run: 12, attempt: 3 })] }]);
    const runs = (up.steps ?? []).flatMap(({ run }) => run ?? []);
    expect(runs.findIndex((run) => run.includes("ops deploy up"))).toBeGreaterThan(runs.indexOf(script));
    // GitHub asks the first process of a step to end, and that one alone.
    expect(runs.at(-1)).toMatch(/^exec \.\/ops deploy up /);
  });

  it("hands on what was agreed to, and nothing else", () => {
    const steps = stepsOf(parsed).map(({ step }) => step);
    const [upload, download] = ["upload-artifact@", "download-artifact@"].map((action) =>
      steps.filter(({ uses }) => uses?.includes(action)).map((step) => step.with),
    );
    expect(upload).toEqual([
      expect.objectContaining({
        name: "plan",
        path: `${expression("runner.temp")}/plan.json`,
        "if-no-files-found": "error",
      }),
    ]);
    expect(download).toEqual([{ name: "plan", path: expression("runner.temp") }]);
    expect(text.match(/--plan="\$RUNNER_TEMP\/plan\.json"/g)).toHaveLength(2);
  });

  it("installs the CLI that the guide installs", () => {
    const action = ACTIONS.find(({ path }) => path.includes("/pulumi/"))?.parsed.runs.steps;
    const version = action?.find(({ uses }) => uses?.startsWith("pulumi/"))?.with?.["pulumi-version"];
    expect(readFileSync(join(ROOT, "docs/first-stack.md"), "utf8")).toContain(`--version ${version}`);
  });

  it("takes from its environments what the page tells to put there", () => {
    const used = [...text.matchAll(/\b(secret|var)s\.(\w+)/g)].map(([, kind, name]) =>
      kind === "var" ? `variable \`${name}\`` : `secret \`${name}\``,
    );
    const told = page.match(/^\| ((secret|variable) `\w+`)/gm)?.map((row) => row.slice(2)) ?? [];
    expect(new Set(told)).toEqual(new Set(used));
  });
});

/** As GitHub marks what it reckons out. */
function expression(text: string): string {
  return `\${{ ${text} }}`;
}
