import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WORKFLOW } from "../../../operations/deployment/ended.ts";
import { planFrom } from "../../../operations/deployment/plan.ts";
import { config, named, written } from "../../client/kubeconfigs.ts";
import { apiStub } from "../../support/api-stub.ts";
import { command, project } from "../../support/cli.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { FakeGitHub } from "../../support/github.ts";
import { MARK } from "../../support/marks.ts";
import { pulumiFault } from "../../support/pulumi-cli.ts";
import { previewJson, scaled, updated } from "./previews.ts";
import { refusal, SINCE, STAND_IN } from "./pulumi-stand-in.ts";

let github: FakeGitHub;
let folder: string;
let state: string;
let commit: string;

beforeEach(async () => {
  github = await new FakeGitHub().start();
  folder = project();
  state = temporaryFolder();
  mkdirSync(join(state, "bin"), { recursive: true });
  writeFileSync(join(state, "bin", "pulumi"), STAND_IN, { mode: 0o755 });
  const identity = ["-c", "user.name=n", "-c", "user.email=e"];
  await execa("git", ["init", "--quiet"], { cwd: folder });
  await execa("git", ["add", "--", "Pulumi.yaml", "Pulumi.stage.yaml", "index.ts"], { cwd: folder });
  await execa("git", [...identity, "commit", "--quiet", "-m", "one"], { cwd: folder });
  commit = (await execa("git", ["rev-parse", "HEAD"], { cwd: folder })).stdout;
  previews([scaled(1, 2)]);
});
afterEach(() => github.stop());

describe("./ops deploy preview", () => {
  it("writes down what would change, and tells GitHub", async () => {
    const { exitCode, stdout } = await run("preview");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(`### stage\n\nCommit ${commit}, 1 update. Plan`);
    expect(read("summary")).toBe(`${stdout}\n`);
    expect(read("output")).toBe("changes=true\n");
    expect(JSON.parse(read("plan.json"))).toMatchObject({
      stack: "stage",
      commit,
      steps: [{ op: "update" }],
    });
    expect(calls()).toEqual([
      { args: ["preview", "--json", "--non-interactive", "--stack", "stage"], cwd: folder, streams: "false" },
    ]);
  });

  it("says that nothing changes: nobody need agree to that", async () => {
    previews([]);
    await run("preview");
    expect(read("output")).toBe("changes=false\n");
  });

  it("fails with what Pulumi says is wrong, and writes no plan", async () => {
    previews([], [{ severity: "error", message: "packit:workers.longRuning is an unknown key" }]);
    writeFileSync(join(state, "fails"), "preview");
    const { exitCode, stderr } = await run("preview");
    expect([exitCode, existsSync(join(state, "plan.json"))]).toEqual([1, false]);
    expect(stderr).toMatch(/`pulumi preview` failed:[\s\S]*packit:workers\.longRuning is an unknown key/);
  });

  it("previews a commit, and not what somebody has changed since", async () => {
    await execa("git", ["rm", "--quiet", "--cached", "--", "Pulumi.stage.yaml"], { cwd: folder });
    for (const verb of ["preview", "up"] as const) {
      const { exitCode, stderr } = await run(verb);
      expect([exitCode, existsSync(join(state, "calls"))]).toEqual([1, false]);
      expect(stderr).toMatch(`Not all of this checkout is of commit ${commit}`);
      expect(stderr).toMatch(/^\?\? Pulumi\.stage\.yaml$/m);
    }
  });

  it("knows its stacks", async () => {
    const { stderr } = await command("deploy", ["preview", "sage", "--plan=p"], { cwd: folder });
    expect(stderr).toMatch('There is no stack "sage". Did you mean stage?');
  });
});

describe("./ops deploy up", () => {
  it("does what was agreed to, with no preview of Pulumi's own and no link to the state, and looks whether it is well", async () => {
    await run("preview");
    const { exitCode, stderr } = await run("up");
    expect(verbs()).toEqual(["preview", "preview", "up"]);
    expect(calls().at(-1)).toMatchObject({
      args: [
        ...["up", "--yes", "--skip-preview", "--suppress-outputs", "--suppress-permalink=true"],
        ...["--non-interactive", "--stack", "stage"],
      ],
      cwd: folder,
    });
    expect(stderr).toMatch(/^What was agreed to: 1 update; plan [0-9a-f]{64}\.$/m);
    expect(stderr).toMatch(/^~ kubernetes:apps\/v1:Deployment service updated/m);
    // No cluster is here in which anything could be ready.
    expect(exitCode).toBe(1);
    expect(stderr).toMatch("Not ready after 1 s:\n  nothing of the stack is in the cluster");
    expect(stderr).toMatch("git revert COMMIT");
  });

  it.each([
    ["another value", () => previews([scaled(1, 5)]), "now    update spec.replicas: 1 → 5"],
    ["another plan", () => writeFileSync(join(state, "plan.json"), "{}"), "is no plan"],
    ["no plan", () => rmSync(join(state, "plan.json")), "plan.json"],
  ])("does nothing where there is %s by then", async (_, change, message) => {
    agree();
    change();
    const { exitCode, stderr } = await run("up");
    expect([exitCode, verbs().includes("up")]).toEqual([1, false]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch("To go back");
  });

  it("tells how to go on where Pulumi fails halfway", async () => {
    agree();
    writeFileSync(join(state, "fails"), "up");
    const { exitCode, stderr } = await run("up");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /`pulumi up .*` failed:[\s\S]*it broke with[\s\S]*To go on, run the workflow again/,
    );
  });

  it("removes the lock of a run of this workflow that has ended, and goes on", async () => {
    agree();
    locked("packit-deploy-12-2");
    github.attempts.set("12/2", {
      path: `${WORKFLOW}@refs/heads/main`,
      status: "completed",
    });
    const { stderr } = await run("up");
    expect(verbs()).toEqual(["preview", "up", "cancel", "up"]);
    // The real CLI, where it is, is asked for what that table has.
    expect(calls().flatMap(({ args }) => pulumiFault(args) ?? [])).toEqual([]);
    expect(stderr).toMatch("A run of the workflow that has ended left its lock. It is removed.");
    expect(github.asked).toEqual(["GET /repos/packit/deployment/actions/runs/12/attempts/2"]);
  });

  it("never removes the lock of a person, nor any beside it", async () => {
    agree();
    locked("packit-deploy-12-2", "ada-laptop");
    github.attempts.set("12/2", { path: WORKFLOW, status: "completed" });
    const { exitCode, stderr } = await run("up");
    expect([exitCode, verbs()]).toEqual([1, ["preview", "up"]]);
    expect(stderr).toMatch(`stage is locked: runner@ada-laptop has locked it since ${SINCE}`);
    expect(stderr).toMatch("If nobody is at work on it: `pulumi cancel`");
  });

  it.each([
    [
      "there is no token",
      { GITHUB_TOKEN: "" },
      "whose lock it is can be told in a run of the workflow alone",
    ],
    [
      "GitHub does not tell",
      { GITHUB_API_URL: "http://127.0.0.1:1" },
      "it cannot be told whose lock it is. GitHub",
    ],
  ])("never removes a lock where %s", async (_, env, message) => {
    agree();
    locked("packit-deploy-12-2");
    const { stderr } = await run("up", env);
    expect(verbs()).not.toContain("cancel");
    expect(stderr).toMatch(`stage is locked: ${message}`);
  });
});

it("no secret is in what a deployment shows, keeps or hands to GitHub, nor in arguments, where it fails neither", async () => {
  const secret = {
    before: { data: { a: `${MARK}-old` } },
    after: { data: { a: "[secret]" } },
    paths: ["data.a"],
  };
  previews([updated("kubernetes:core/v1:Secret", "one", secret)]);
  const said = [await run("preview")];
  const kept = ["plan.json", "summary", "output"].map(read);
  for (const fails of ["up", "preview"] as const) {
    writeFileSync(join(state, "fails"), fails);
    said.push(await run(fails));
    kept.push(readFileSync(join(folder, ".local/logs/pulumi-stage.log"), "utf8"));
    expect(kept.at(-1)).toContain("it broke with [secret] and [secret]");
  }
  expect(said.map(({ exitCode }) => exitCode)).toEqual([0, 1, 1]);
  for (const text of [...kept, read("calls"), ...said.flatMap(({ stdout, stderr }) => [stdout, stderr])])
    expect(text).not.toContain(MARK);
});

/** Runs a verb as the workflow does, in a cluster that has nothing. */
async function run(verb: "preview" | "up", env: Record<string, string> = {}) {
  const { url } = await apiStub();
  const contexts = named("packit-stage");
  const KUBECONFIG = written({ ...config({ cluster: { server: url }, user: { token: MARK } }), contexts });
  const wait = verb === "up" ? ["--wait=1s"] : [];
  const { exitCode, stdout, stderr } = await command(
    "deploy",
    [verb, "stage", `--plan=${join(state, "plan.json")}`, ...wait],
    {
      cwd: folder,
      env: {
        PATH: [join(state, "bin"), process.env.PATH].join(delimiter),
        STATE: state,
        KUBECONFIG,
        PULUMI_CONFIG_PASSPHRASE: `${MARK}-passphrase`,
        GITHUB_TOKEN: `${MARK}-token`,
        GITHUB_REPOSITORY: "packit/deployment",
        GITHUB_API_URL: github.url,
        GITHUB_STEP_SUMMARY: join(state, "summary"),
        GITHUB_OUTPUT: join(state, "output"),
        ...env,
      },
    },
  );
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}

function previews(steps: readonly object[], diagnostics: readonly object[] = []): void {
  writeFileSync(join(state, "preview"), previewJson(steps, diagnostics));
}

/** What is previewed is agreed to, as `./ops deploy preview` writes it down. */
function agree(): void {
  const plan = planFrom("stage", commit, read("preview"));
  writeFileSync(join(state, "plan.json"), JSON.stringify(plan));
}

/** The stack is locked by machines of these names. */
function locked(...hosts: string[]): void {
  writeFileSync(join(state, "locks"), refusal(...hosts.map((host) => `runner@${host}`)));
}

function calls(): { args: string[] }[] {
  if (!existsSync(join(state, "calls"))) return [];
  return read("calls")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function verbs(): string[] {
  return calls().map(({ args }) => args[0] ?? "");
}

function read(name: string): string {
  return readFileSync(join(state, name), "utf8");
}
