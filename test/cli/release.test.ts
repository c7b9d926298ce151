import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { alone } from "../../operations/release/lock.ts";
import { opsIn } from "../support/cli.ts";
import { begun, gitProject } from "../support/release/begun.ts";
import { inProcess } from "../support/release/in-process.ts";
import { TOKENS, World } from "../support/release/world.ts";
import { ROOT } from "../support/stacks.ts";

/** Runs a command at a terminal of its own, and answers each question with one Enter. */
const TERMINAL = join(ROOT, "test/support/release/terminal.py");

/** What only a terminal takes. */
const CONTROL = "\u001b";

describe("./ops release", () => {
  it("does all of it unattended with --yes, shows how far it is, and shows no token anywhere", async () => {
    const world = await World.make();
    const early = await world.run(["status"]);
    expect([early.exitCode, early.stderr]).toEqual([
      1,
      `There was no release yet. To begin one: ./ops release start --state=${world.state}`,
    ]);
    const { exitCode, stdout, stderr } = await world.run(["start", "--yes"]);
    expect([exitCode, stdout]).toEqual([0, ""]);
    expect(world.outside).toMatchObject({
      topicChanges: 4,
      ups: 1,
      pulls: [expect.stringMatching(/^Packit in /)],
    });
    const status = await world.run(["status"], { NO_COLOR: "1" });
    const shown = `${status.stdout}`.split("\n");
    expect(shown[0]).toMatch(/^The release \d{4}-\d\d-\d\d: finished$/);
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(status.stdout).not.toContain(CONTROL);
    const json = JSON.parse(`${(await world.run(["status", "--json"])).stdout}`);
    expect(json).toMatchObject({
      end: "finished",
      steps: [{ step: "check-stage", state: "done" }, ...Array(9).fill({})],
    });
    const files = globSync("**/*", { cwd: world.state }).map((name) => join(world.state, name));
    const kept = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, "utf8"));
    expect(kept.length).toBeGreaterThan(5);
    for (const token of Object.values(TOKENS))
      for (const text of [...kept, `${stderr}`, `${status.stdout}`]) expect(text).not.toContain(token);
    // They were really used.
    for (const service of ["github", "matrix", "slack", "mastodon"])
      expect(world.services.tokens.get(service)?.size).toBe(1);
  });

  it.each([
    ["in colour", {}],
    ["without colour", { NO_COLOR: "1" }],
    ["on a machine of CI", { CI: "true" }],
  ])("asks at a terminal, %s, and takes what it proposes by Enter", async (looks, env) => {
    const world = await World.make();
    const home = join(world.folder, "home");
    const { stdout, exitCode } = await atTerminal(world, home, [], env);
    const said = stripVTControlCharacters(stdout);
    expect(exitCode, `${said}\n${world.services.asked.join("\n")}`).toBe(0);
    const isColoured = stdout.includes(`${CONTROL}[32m`);
    expect(isColoured).toBe(looks === "in colour");
    const answered = [...said.matchAll(/✔ (.*?)[?]/g)].map(([, question]) => question);
    const commits = ["ogr", "packit", "packit-service"].map((name) => `${name}: up to which commit`);
    const agreed = ["Do these 1 steps to prod", "Publish the blog post and 1 posts at Mastodon"];
    expect(answered).toEqual([...commits, ...agreed]);
    expect(world.outside).toMatchObject({ ups: 1, pulls: [expect.stringMatching(/^Packit in /)] });
    // Where journals are unless it is said.
    expect(globSync("packit-deployment/releases/*.jsonl", { cwd: home })).toHaveLength(1);
  });

  it("takes no Enter for an answer that was pressed before anything was asked", async () => {
    const world = await World.make();
    const { stdout, exitCode } = await atTerminal(world, join(world.folder, "home"), ["--ahead"]);
    const said = stripVTControlCharacters(stdout);
    expect(said).toContain("Left at a question.");
    expect(said).not.toContain("✔ ogr");
    expect([exitCode, world.outside.pushes]).toEqual([0, []]);
  });

  it("stops at a question where nobody is at a terminal, ends well, and goes on", async () => {
    const world = await World.make();
    const stopped = await world.run(["start"]);
    expect(stopped.exitCode).toBe(0);
    expect(stopped.stderr).toContain(
      "There is a question, and nobody at a terminal to answer it:\n  ogr: up to which",
    );
    expect(stopped.stderr).toContain(`To go on at a terminal: ./ops release resume --state=${world.state};`);
    expect(world.outside.pushes).toEqual([]);
    const again = await world.run(["start"]);
    expect(again.stderr).toMatch(/^The release \S+ is under way\. To go on: \.\/ops release resume/);
    const early = await world.run(["deploy", "--yes"]);
    expect(early.stderr).toContain(
      "deploy is not next: move-stable is. To do that: ./ops release next --state=",
    );
    const next = await world.run(["next", "--yes"]);
    expect([next.exitCode, world.outside.pushes.length]).toEqual([0, 4]);
    expect(next.stderr).toContain("Next: wait for the images (wait-images)");
    const twice = await world.run(["announce"]);
    expect(twice.stderr).toMatch(/^announce was done at .*Nothing is done twice\.$/);
    expect((await world.run(["status"])).stdout).toContain("under way");
    const ended = await world.run(["abort", "--yes"]);
    expect([ended.exitCode, world.services.chats.topics.matrix]).toEqual([0, "Welcome to Packit"]);
    expect((await world.run(["resume"])).stderr).toContain("No release is under way.");
  });

  it("with --dry-run changes nothing outside, and begins nothing", async () => {
    const world = await World.make();
    const { exitCode, stderr } = await world.run(["start", "--dry-run"]);
    expect([exitCode, world.journal()]).toEqual([0, []]);
    expect(stderr).toContain("would: set the topic of Matrix #packit:example.com");
    expect(world.outside).toMatchObject({ pushes: [], topicChanges: 0, toots: [], pulls: [], ups: 0 });
  });

  it("does one thing at a time", async () => {
    const world = await World.make();
    const busy = await alone(world.state, () => world.run(["start", "--yes"]));
    expect([busy.exitCode, busy.stderr]).toEqual([
      1,
      `Process ${process.pid} on ${(await import("node:os")).hostname()} is at work on the release in ${world.state}. Wait for it, or stop it.`,
    ]);
  });

  it("refuses at once what is no step, repository or hash", async () => {
    const world = await World.make();
    const cases = [
      [["start", "--without", "anounce"], '--without is "anounce". Did you mean announce?'],
      [
        ["start", "--at", "packit"],
        '--at is "packit". It takes a repository and a hash, as --at packit=0123abc.',
      ],
      [["start", "--at", "packit=zz"], 'packit has no commit "zz".'],
    ] as const;
    for (const [words, message] of cases) {
      const { exitCode, stderr } = await world.run(words);
      expect([exitCode, `${stderr}`.slice(0, message.length)]).toEqual([1, message]);
    }
    // As a repository that may be read alone.
    const readOnly = {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "url./nowhere/.pushInsteadOf",
      GIT_CONFIG_VALUE_0: world.remotes.path("packit-service"),
    };
    const { stderr } = await world.run(["start", "--yes"], readOnly);
    expect(stderr).toMatch(/^git cannot push stable of packit-service to .*Check your right to push/);
    expect([world.journal(), world.outside.topicChanges]).toEqual([[], 0]);
  });

  it("says how to go on with what it was doing, and that a dry run did nothing", async () => {
    const { world } = await gitProject();
    await (await begun({ name: "2026-11-29" }, world)).release.resume();
    const where = `--state=${world.state}`;
    const left = await world.run(["rollback"]);
    expect(left.stderr).toContain(
      `To go on at a terminal: ./ops release rollback ${where}; agreeing: ./ops release rollback --yes ${where}`,
    );
    const one = await world.run(["rollback", "--image", "worker"]);
    expect(one.stderr).toContain(`agreeing: ./ops release rollback --image worker --yes ${where}`);
    const stray = await world.run(["rollback", "--accept", "leave-pakit"]);
    expect(stray.stderr).toContain('--accept is "leave-pakit", which is no danger.');
    const dry = await world.run(["rollback", "--dry-run"]);
    expect([dry.exitCode, `${dry.stderr}`.trim().split("\n").at(-1)]).toEqual([0, "Nothing was done."]);
    expect(world.outside.pushes).toHaveLength(4);
    // One that is begun since has to be ended first.
    inProcess(world, { name: "2026-11-30" }).journal.append({
      type: "step",
      step: "announce",
      state: "begun",
    });
    const two = await world.run(["rollback", "--yes"]);
    expect(two.stderr).toBe(
      `The release 2026-11-30 is under way, and the one to go back from is 2026-11-29. First end it: ./ops release abort ${where}`,
    );
    const abort = await world.run(["abort", "--dry-run"]);
    expect(abort.stderr).toBe("Nothing was done.");
    expect((await world.run(["abort", "--yes"])).exitCode).toBe(0);
    // And one that was about to push has, for all that is known.
    inProcess(world, { name: "2026-11-30" }).journal.append({ type: "intent", key: "push ogr", record: {} });
    expect((await world.run(["rollback", "--yes"])).stderr).toContain("Back from the release 2026-11-30.");
  });

  it("keeps what was said to one verb for the next, and no step by itself in the way of a release", async () => {
    const world = await World.make();
    const waiting = { waiting: { reason: "CrashLoopBackOff" } };
    world.services.stagePod = { image: "x/packit-worker:stg", state: waiting };
    const alone = await world.run(["check-stage", "--yes"]);
    expect([alone.exitCode, alone.stderr]).toEqual([1, expect.stringContaining("--accept stage")]);
    const none = await world.run(["status"]);
    expect(none.stderr).toContain("There was no release yet.");
    const stopped = await world.run(["start", "--accept", "stage"]);
    expect(stopped.stderr).toContain("move-stable");
    const refused = await world.run(["next", "--at", "pakit=zzzz", "--yes"]);
    expect(refused.stderr).toContain('--at names "pakit"');
    const twice = await world.run(["next", "--at", "packit=00", "--at", "packit=01"]);
    expect(twice.stderr).toBe("--at names packit twice. Give one commit for it.");
    expect((await world.run(["next", "--yes", "--without", "publish"])).exitCode).toBe(0);
    const { steps } = JSON.parse(`${(await world.run(["status", "--json"])).stdout}`);
    expect(steps.filter(({ state }: { state: string }) => state === "left out")).toEqual([
      expect.objectContaining({ step: "publish" }),
    ]);
  });

  it("cleans the registry by itself, a tag that is old and that nothing needs, and not again within the month", async () => {
    const world = await World.make();
    const { oldTags } = world.services;
    for (const [name, days] of [
      ["stable-0000001-1", 90],
      ["stable-0000002-1", 30],
      ["by-hand", 400],
    ] as const)
      oldTags.push({ image: "packit-worker", name, days });
    const dry = await world.run(["clean-registry", "--dry-run"]);
    expect([dry.exitCode, world.outside.removed]).toEqual([0, []]);
    expect(dry.stderr).toContain("would: remove packit-worker:stable-0000001-1");
    expect((await world.run(["clean-registry", "--yes"])).exitCode).toBe(0);
    expect(world.outside.removed).toEqual(["packit-worker:stable-0000001-1"]);
    expect((await world.run(["clean-registry", "--yes"])).stderr).toContain("last done on");
  });
});

/** What decides about colours, whatever is set where the tests run. */
const ANY_LOOKS = {
  CI: undefined,
  GITHUB_ACTIONS: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  NODE_DISABLE_COLORS: undefined,
  COLORTERM: undefined,
};

/** Begins a release at a terminal, with options of what answers there. */
function atTerminal(
  world: World,
  home: string,
  options: readonly string[],
  looks: Readonly<Record<string, string>> = {},
) {
  const words = [TERMINAL, ...options, process.execPath, ...opsIn(world.cwd), "release", "start"];
  return execa("python3", words, {
    cwd: world.cwd,
    env: { ...world.env, ...ANY_LOOKS, XDG_STATE_HOME: home, TERM: "xterm", ...looks },
    stdin: "ignore",
    reject: false,
    // Before the test's own limit, which would not show what was said.
    timeout: 110_000,
  });
}
