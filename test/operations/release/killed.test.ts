import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { STEPS } from "../../../operations/release/steps.ts";
import { begun, gitProject } from "../../support/release/begun.ts";
import { World } from "../../support/release/world.ts";
import { ROOT } from "../../support/stacks.ts";

const KILLER = `--disable-warning=ExperimentalWarning --import=${join(ROOT, "test/support/release/kill.mjs")}`;

/** How often a release is killed by chance; 50 and more where there is time: `PACKIT_TEST_KILLS=50`. */
const KILLS = Number(process.env.PACKIT_TEST_KILLS ?? 20);

/** What a release does outside, however often it was killed. */
async function expectOnce(world: World): Promise<void> {
  const { services, remotes, outside } = world;
  expect(world.journal().at(-1)).toMatchObject({ type: "end", how: "finished" });
  expect(outside).toMatchObject({
    pushes: [
      "ogr refs/heads/stable",
      "packit refs/heads/stable",
      "packit-service refs/heads/stable",
      "production-monorepo refs/heads/main",
    ],
    topics: { matrix: "Welcome to Packit", slack: "Packit & friends <3" },
    topicChanges: 4,
    branches: ["main", expect.stringMatching(/^release-notes-/)],
    pulls: [expect.stringMatching(/^Packit in /)],
    removed: ["packit-service:stable-0000001-1", "packit-worker:stable-0000001-1"],
    ups: 1,
  });
  expect([outside.toots.length, outside.commits.length]).toEqual([1, 1]);
  const heads = ["ogr", "packit", "packit-service"].map((name) => [name, remotes.head(name, "main")]);
  expect(remotes.submodules).toEqual(Object.fromEntries(heads));
  for (const [name = "", head] of heads) expect(remotes.head(name, "stable")).toBe(head);
  expect(services.chats.toots[0]?.text).toContain("Thing 22 of packit-service works now.");
}

async function world(): Promise<World> {
  const made = await World.make();
  for (const image of ["packit-service", "packit-worker"])
    made.services.oldTags.push({ image, name: "stable-0000001-1", days: 90 });
  return made;
}

describe("a release that is killed", { timeout: 180_000 }, () => {
  it("before each of its steps is written down as done, and at its beginning, ends as if it was not", async () => {
    const tried = await world();
    const matches = ['"type":"begin"', ...STEPS.map(({ name }) => `"step":"${name}","state":"done"`)];
    for (const match of matches) {
      const env = { NODE_OPTIONS: KILLER, KILL_MATCH: match, KILL_WHEN: "before" };
      expect((await tried.goOn(env)).signal, match).toBe("SIGKILL");
    }
    await expectEnd(tried);
    await expectOnce(tried);
  });

  it("while it is taken back, is taken back once, whatever was done last", async () => {
    const { world: tried, log } = await gitProject();
    const before = tried.outside;
    await (await begun({}, tried)).release.resume();
    const back = (env: Record<string, string>) => tried.run(["rollback", "--yes"], env);
    const what = ["pin", "push packit-service", "push packit", "push ogr", "monorepo"];
    // Once it is meant and not done, and once it is done and not said to be.
    for (const key of what.map((one) => `"key":"rollback of all: ${one}"`))
      for (const [type, when] of [
        ["intent", "after"],
        ["done", "before"],
      ] as const) {
        const env = { NODE_OPTIONS: KILLER, KILL_MATCH: `"type":"${type}",${key}`, KILL_WHEN: when };
        expect((await back(env)).signal, `${type} ${key}`).toBe("SIGKILL");
      }
    const { exitCode, stderr } = await back({});
    expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
    const { pushes, submodules, topics } = tried.outside;
    expect(pushes).toHaveLength(8);
    expect({ submodules, topics }).toEqual({ submodules: before.submodules, topics: before.topics });
    expect(log()).toHaveLength(2);
  });

  it(`at ${KILLS} moments by chance, ends as if it was not`, async () => {
    await Promise.all([1, 2].map(killedByChance));
  });
});

async function expectEnd(tried: World, words: readonly string[] = []): Promise<void> {
  const { exitCode, stderr } = await tried.goOn({}, words);
  expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
}

/** The step that only looks takes long, and is killed above. */
const BRIEF = ["--without=check-stage"];

/** Kills releases, one after another, half as often as is asked for. */
async function killedByChance(round: number): Promise<void> {
  const random = generator(round);
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  let kills = 0;
  while (kills < KILLS / 2) {
    const tried = await world();
    for (let tries = 0; tried.journal().at(-1)?.type !== "end"; tries++) {
      expect(tries).toBeLessThan(60);
      // Those without a kill go on by a few steps more.
      const killed = kills < KILLS / 2 ? await killedOnce(tried, random, upTo) : undefined;
      if (killed === undefined) await expectEnd(tried, BRIEF);
      else kills += Number(killed);
    }
    await expectOnce(tried);
  }
}

/** Runs a release that is killed at a line of its journal, at a request, or once a remote has accepted a push. */
async function killedOnce(tried: World, random: () => number, upTo: (most: number) => number) {
  const { services, remotes } = tried;
  if (random() < 0.5) {
    const when = ["before", "after", "torn"][upTo(3) - 1];
    const env = { NODE_OPTIONS: KILLER, KILL_LINE: `${upTo(6)}`, KILL_WHEN: when };
    return (await tried.goOn(env, BRIEF)).signal === "SIGKILL";
  }
  const running = tried.goOn({}, BRIEF);
  const kill = () => process.kill(running.pid ?? 0, "SIGKILL");
  if (random() < 0.3)
    remotes.afterPush(
      ["ogr", "packit", "packit-service", "production-monorepo"][upTo(4) - 1] ?? "",
      `kill -9 ${running.pid}\n`,
    );
  const at = services.asked.length + upTo(16);
  const moment = random() < 0.5 ? "before" : "after";
  services.onRequest = (_, when) => {
    if (when === moment && services.asked.length === at) kill();
  };
  const { signal } = await running;
  services.onRequest = () => {};
  remotes.forget();
  return signal === "SIGKILL";
}

/** A generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
