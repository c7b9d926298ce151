import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../cluster/until.ts";
import { FakeGitHub } from "../support/github.ts";
import { ACCOUNT, createdOn, SUCCESS, TestTalk, TOKEN } from "./test-talk.ts";

const SMALL = "--without sandbox --without fedmsg --without beat";
const talk = new TestTalk("comments-pool");

beforeAll(async () => {
  for (const number of [621, 622, 623, 624]) talk.github.pulls.set(`packit/packit-service#${number}`, {});
  talk.github.pulls.set("packit/ogr#62", {});
  for (const name of ["packit-service", "ogr"]) talk.said.permissions.set(`alice in packit/${name}`, "write");
  await talk.start();
});
afterAll(() => talk.stop());

describe("a conversation on a pull request", { timeout: 300_000 }, () => {
  const PULL = "packit/packit-service#621";

  it("brings an instance up, extends it, tells of it and removes it, all in one comment", async () => {
    const deployed = await talk.comment(PULL, `Let us see.\n\n/deploy ${SMALL} --ttl 2h`, "program");
    expect([deployed.exitCode, deployed.stderr]).toEqual([0, expect.any(String)]);
    expect(deployed.reactions).toEqual(["eyes", "rocket"]);
    const [held] = await talk.held();
    expect(held).toMatchObject({ name: "ps-621", state: "up", owner: "alice" });
    const up = talk.status(PULL);
    expect(up).toContain("#### `ps-621`: up");
    const sha = FakeGitHub.sha(PULL);
    expect(up).toContain(
      `\`packit-service=621\` at [\`${sha.slice(0, 7)}\`](https://github.com/packit/packit-service/commit/${sha})`,
    );
    expect(up).toContain("https://ps-621.apps.example.com/api/");
    expect(up).toContain(`until ${shown(held?.expires)} UTC`);
    expect(up).toContain("[log](https://github.com/packit/deployment/actions/runs/");

    expect((await talk.comment(PULL, "/extend --by 1h\n/status")).exitCode).toBe(0);
    const [later] = await talk.held();
    expect((later?.expires.getTime() ?? 0) - (held?.expires.getTime() ?? 0)).toBe(3_600_000);
    expect(talk.status(PULL)).toContain(`until ${shown(later?.expires)} UTC`);

    // What fails is told of where it is, and leaves what is said of the instance.
    const failed = await talk.comment(PULL, "/deploy ogr=999 --name nothing", "program");
    expect([failed.exitCode, failed.reactions]).toEqual([1, ["eyes", "confused"]]);
    expect(talk.status(PULL)).toContain("#### `nothing`: failed");
    expect(talk.status(PULL)).toContain("There is no pull request 999 in packit/ogr");
    expect(talk.status(PULL)).toContain("#### `ps-621`: up");

    const destroyed = await talk.comment(PULL, "/destroy");
    expect([destroyed.exitCode, destroyed.reactions]).toEqual([0, ["eyes", "rocket"]]);
    expect(talk.status(PULL)).toContain("#### `ps-621`: destroyed");
    expect(await talk.held()).toEqual([]);
    const none = await talk.comment(PULL, "/status");
    expect([none.exitCode, talk.status(PULL).includes("Nothing of packit-service=621 is on test.")]).toEqual([
      1,
      true,
    ]);
  });

  it("with two requests at once has one instance, and neither run is red", async () => {
    talk.isReal = true;
    onTestFinished(() => {
      talk.isReal = false;
    });
    const both = await Promise.all(
      [`/deploy ${SMALL}`, `/deploy ${SMALL} --ttl 1h`].map((body) => talk.comment(PULL, body)),
    );
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(both.map(({ reactions }) => reactions.at(-1)).sort()).toEqual(["confused", "rocket"]);
    expect((await talk.held()).map(({ name, state }) => [name, state])).toEqual([["ps-621", "up"]]);
    expect(talk.status(PULL)).toContain("`ps-621`: up");
    talk.github.pulls.set(PULL, { state: "closed" });
    expect((await talk.pull(PULL, "closed", { way: "program" })).exitCode).toBe(0);
    expect(talk.status(PULL)).toMatch(/`ps-621`: destroyed.*packit-service=621 is closed\./s);
    const closed = await talk.comment(PULL, "/deploy");
    expect([closed.exitCode, talk.status(PULL)]).toEqual([
      1,
      expect.stringContaining("packit-service=621 is closed"),
    ]);
  });
});

describe("a run that is stopped", () => {
  const PULL = "packit/packit-service#624";

  it("says so, and what it leaves", async () => {
    talk.plays({ status: "in_progress", conclusion: null });
    const running = talk.started(
      "issue_comment",
      createdOn(PULL, talk.said.say(PULL, "alice", `/deploy ${SMALL}`)),
    );
    const isBuilding = async () =>
      talk.said.on(PULL).some(({ body }) => body.includes("`ps-624`: building images"));
    await until(isBuilding, { what: "the comment", limitSeconds: 60 });
    running.kill("SIGINT");
    expect((await running).exitCode).toBe(130);
    expect(talk.status(PULL)).toMatch(/`ps-624`: stopped.*What was made of ps-624 goes on running/s);
    talk.plays(SUCCESS);
    expect((await talk.comment(PULL, "/destroy")).exitCode).toBe(0);
  });

  it("and one whose build fails say so, and the end of the log is no more than code", async () => {
    talk.plays({ status: "completed", conclusion: "failure" });
    const { exitCode } = await talk.comment(PULL, `/deploy ${SMALL}`);
    expect(exitCode).toBe(1);
    expect(talk.status(PULL)).toMatch(/`ps-624`: failed.*```text\n.*Error: no such package\n```/s);
    talk.plays(SUCCESS);
    expect((await talk.comment(PULL, "/destroy")).exitCode).toBe(0);
  });
});

describe("a pull request's label", { timeout: 300_000 }, () => {
  const PULL = "packit/packit-service#622";

  it("puts it on test as long as it is there, and leaves what others are on", async () => {
    await talk.comment(PULL, `/deploy packit-service=622 ogr=62 ${SMALL}`);
    talk.github.pulls.set(PULL, { labels: ["test-instance"] });
    talk.said.label(PULL, "labeled", "test-instance", "mallory");
    expect((await talk.pull(PULL, "labeled")).exitCode).toBe(0);
    expect(talk.status(PULL)).toContain("counts only from accounts that may write");
    talk.said.label(PULL, "labeled", "test-instance", "alice");
    // Another label says nothing.
    expect((await talk.pull(PULL, "labeled", { label: "bug" })).stderr).toContain("Nothing is asked for.");
    expect(await talk.names()).toEqual(["ps-622-ogr-62"]);
    expect((await talk.pull(PULL, "labeled")).exitCode).toBe(0);
    expect(await talk.names()).toEqual(["ps-622", "ps-622-ogr-62"]);
    expect((await talk.pull(PULL, "labeled")).stderr).toContain("ps-622 is there");

    talk.github.pulls.set(PULL, {});
    talk.said.label(PULL, "unlabeled", "test-instance", "mallory");
    expect((await talk.pull(PULL, "unlabeled")).exitCode).toBe(0);
    expect(await talk.names()).toEqual(["ps-622", "ps-622-ogr-62"]);
    talk.said.label(PULL, "unlabeled", "test-instance", "alice");
    expect((await talk.pull(PULL, "unlabeled")).exitCode).toBe(0);
    expect(await talk.names()).toEqual(["ps-622-ogr-62"]);
    expect(talk.status(PULL)).toContain("ogr=62 is on test in it as well");

    // What was made after the label was taken away is left alone, whoever says that it was taken away now.
    await talk.comment(PULL, `/deploy ${SMALL}`);
    expect(
      (await talk.sent({ repository: "packit/packit-service", number: 622, label: "test-instance" }))
        .exitCode,
    ).toBe(0);
    expect(await talk.names()).toEqual(["ps-622", "ps-622-ogr-62"]);

    talk.github.pulls.set(PULL, { state: "closed", isMerged: true, labels: ["keep"] });
    expect((await talk.pull(PULL, "closed")).exitCode).toBe(0);
    expect(await talk.names()).toEqual(["ps-622", "ps-622-ogr-62"]);
    expect(talk.status(PULL)).toContain("it is kept");
    talk.github.pulls.set(PULL, { state: "closed", isMerged: true });
    expect((await talk.pull(PULL, "closed")).exitCode).toBe(0);
    expect(await talk.names()).toEqual(["ps-622-ogr-62"]);
    expect((await talk.comment("packit/ogr#62", "/destroy")).exitCode).toBe(0);
    expect(await talk.names()).toEqual([]);
  });
});

describe("what another repository sends on", { timeout: 300_000 }, () => {
  const PULL = "packit/packit-service#623";
  const place = { repository: "packit/packit-service", number: 623 };

  it("is where to look, and nothing that it says is believed", async () => {
    const stranger = talk.said.say(PULL, "mallory", `/deploy ${SMALL}`);
    const lies = {
      sender: "alice",
      author: "alice",
      author_association: "OWNER",
      body: "/deploy",
      comment_body: "/destroy",
    };
    expect((await talk.sent({ ...place, comment: stranger, ...lies }, "program")).exitCode).toBe(0);
    expect(await talk.names()).toEqual([]);
    expect(talk.said.on(PULL).at(-1)?.body).toContain("`mallory` may not");

    const own = talk.said.say(PULL, "alice", `/deploy ${SMALL}`);
    for (const wrong of [
      { ...place, number: 621, comment: own },
      { ...place, repository: "packit/ogr", comment: own },
      { ...place, repository: "evil/packit-service", comment: own },
      { ...place, repository: "packit/packit-service/../x", comment: own },
      { ...place, comment: String(own) },
      { ...place, number: "623; id" },
      {},
      undefined,
    ]) {
      const { exitCode } = await talk.sent(wrong);
      expect([wrong, exitCode]).toEqual([wrong, 1]);
    }
    expect(talk.said.reactionsTo(own)).toEqual([]);
    // A pull request that never had the label.
    expect((await talk.sent(place)).stderr).toContain("never had the label");
    expect((await talk.sent({ ...place, comment: own, ...lies })).exitCode).toBe(0);
    expect(await talk.names()).toEqual(["ps-623"]);
    // Told of once more, it is not done once more.
    await talk.comment(PULL, "/destroy");
    expect((await talk.sent({ ...place, comment: own })).stderr).toContain("has been answered");
    expect(await talk.names()).toEqual([]);
  });

  it("is done as words as well by whoever may start workflows", async () => {
    const bad = await talk.given("deploy nope=1", "program");
    expect([bad.exitCode, bad.stderr]).toEqual([1, expect.stringContaining('no repository "nope"')]);
    expect((await talk.given("deplyo ogr=1")).stderr).toContain("Did you mean deploy?");
    expect((await talk.given("/status")).stderr).toContain("Name the instance");
    expect((await talk.given(`deploy packit-service=623 --name words ${SMALL}`)).exitCode).toBe(0);
    expect((await talk.given("/status words")).stderr).toContain("`words`: up");
    expect((await talk.given("destroy words")).exitCode).toBe(0);
    expect(await talk.names()).toEqual([]);
  });

  it("is done although GitHub takes no comment, and no token is shown whatever is said", async () => {
    talk.said.fails = (method, path) =>
      method !== "GET" && path.includes("/issues/")
        ? [403, { message: "You have exceeded a secondary rate limit" }]
        : undefined;
    const { exitCode, stderr } = await talk.comment(PULL, `/deploy ${SMALL} --name silent`);
    expect([exitCode, await talk.names()]).toEqual([0, ["silent"]]);
    expect(stderr).toContain("the status comment could not be written");
    talk.said.fails = undefined;
    await talk.comment(PULL, `/destroy silent\n/status ${TOKEN}`, "program");
    expect(await talk.names()).toEqual([]);
    expect(talk.status(PULL)).toContain("***");
    expect(JSON.stringify(talk.said.comments.filter(({ author }) => author === ACCOUNT))).not.toContain(
      "MARKED",
    );
  });
});

function shown(date: Date | undefined): string {
  return date?.toISOString().slice(0, 16).replace("T", " ") ?? "";
}
