import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { slotsOf } from "../../operations/test-instances/context.ts";
import { managementObjects } from "../../operations/test-instances/management.ts";
import { command, project } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeGitHub } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";

const RAW = {
  kubeContext: LOCAL_CONTEXT,
  namespace: "comments-pool",
  domain: "apps.example.com",
  storageClass: "local",
  // GitHub's workflow builds images, as far as it is played.
  builder: "actions",
  registry: "quay.io/x",
};
const pool = poolOf(RAW);
const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const SMALL = "--without sandbox --without fedmsg --without beat";
const ACCOUNT = "github-actions[bot]";
const TOKEN = "ghp_MARKED0123456789";

let github: FakeGitHub;
let said: FakeGitHub["conversations"];

beforeAll(async () => {
  github = await new FakeGitHub().start();
  said = github.conversations;
  for (const number of [621, 622, 623, 624]) github.pulls.set(`packit/packit-service#${number}`, {});
  github.pulls.set("packit/ogr#62", {});
  for (const name of ["packit-service", "ogr"]) said.permissions.set(`alice in packit/${name}`, "write");
  for (const object of managementObjects(pool)) await applyOne(client, object);
});
afterAll(async () => {
  for (const object of managementObjects(pool).toReversed()) await client.delete(object);
  await github.stop();
});

describe("a conversation on a pull request", { timeout: 300_000 }, () => {
  const PULL = "packit/packit-service#621";

  it("brings an instance up, extends it, tells of it and removes it, all in one comment", async () => {
    const deployed = await comment(PULL, `Let us see.\n\n/deploy ${SMALL} --ttl 2h`);
    expect([deployed.exitCode, deployed.stderr]).toEqual([0, expect.any(String)]);
    expect(deployed.reactions).toEqual(["eyes", "rocket"]);
    const [held] = await slotsOf({ client, pool }).held();
    expect(held).toMatchObject({ name: "ps-621", state: "up", owner: "alice" });
    const up = status(PULL);
    expect(up).toContain("#### `ps-621`: up");
    const sha = FakeGitHub.sha(PULL);
    expect(up).toContain(
      `\`packit-service=621\` at [\`${sha.slice(0, 7)}\`](https://github.com/packit/packit-service/commit/${sha})`,
    );
    expect(up).toContain("https://ps-621.apps.example.com/api/");
    expect(up).toContain(`until ${shown(held?.expires)} UTC`);
    expect(up).toContain("[log](https://github.com/packit/deployment/actions/runs/");

    expect((await comment(PULL, "/extend --by 1h\n/status")).exitCode).toBe(0);
    const [later] = await slotsOf({ client, pool }).held();
    expect((later?.expires.getTime() ?? 0) - (held?.expires.getTime() ?? 0)).toBe(3_600_000);
    expect(status(PULL)).toContain(`until ${shown(later?.expires)} UTC`);

    // What fails is told of where it is, and leaves what is said of the instance.
    const failed = await comment(PULL, "/deploy ogr=999 --name nothing");
    expect([failed.exitCode, failed.reactions]).toEqual([1, ["eyes", "confused"]]);
    expect(status(PULL)).toContain("#### `nothing`: failed");
    expect(status(PULL)).toContain("There is no pull request 999 in packit/ogr");
    expect(status(PULL)).toContain("#### `ps-621`: up");

    const destroyed = await comment(PULL, "/destroy");
    expect([destroyed.exitCode, destroyed.reactions]).toEqual([0, ["eyes", "rocket"]]);
    expect(status(PULL)).toContain("#### `ps-621`: destroyed");
    expect(await slotsOf({ client, pool }).held()).toEqual([]);
    const none = await comment(PULL, "/status");
    expect([none.exitCode, status(PULL).includes("Nothing of packit-service=621 is on test.")]).toEqual([
      1,
      true,
    ]);
  });

  it("with two requests at once has one instance, and neither run is red", async () => {
    const both = await Promise.all(
      [`/deploy ${SMALL}`, `/deploy ${SMALL} --ttl 1h`].map((body) => comment(PULL, body)),
    );
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(both.map(({ reactions }) => reactions.at(-1)).sort()).toEqual(["confused", "rocket"]);
    expect((await slotsOf({ client, pool }).held()).map(({ name, state }) => [name, state])).toEqual([
      ["ps-621", "up"],
    ]);
    expect(status(PULL)).toContain("`ps-621`: up");
    github.pulls.set(PULL, { state: "closed" });
    expect((await pull(PULL, "closed")).exitCode).toBe(0);
    expect(status(PULL)).toMatch(/`ps-621`: destroyed.*packit-service=621 is closed\./s);
    const closed = await comment(PULL, "/deploy");
    expect([closed.exitCode, status(PULL)]).toEqual([
      1,
      expect.stringContaining("packit-service=621 is closed"),
    ]);
  });
});

describe("a run that is stopped", { timeout: 120_000 }, () => {
  const PULL = "packit/packit-service#624";

  it("says so, and what it leaves", async () => {
    plays({ status: "in_progress", conclusion: null });
    const running = started("issue_comment", created(PULL, said.say(PULL, "alice", `/deploy ${SMALL}`)));
    const isBuilding = async () =>
      said.on(PULL).some(({ body }) => body.includes("`ps-624`: building images"));
    await until(isBuilding, { what: "the comment", limitSeconds: 60 });
    running.kill("SIGINT");
    expect((await running).exitCode).toBe(130);
    expect(status(PULL)).toMatch(/`ps-624`: stopped.*What was made of ps-624 goes on running/s);
    plays(SUCCESS);
    expect((await comment(PULL, "/destroy")).exitCode).toBe(0);
  });

  it("and one whose build fails say so, and the end of the log is no more than code", async () => {
    plays({ status: "completed", conclusion: "failure" });
    const { exitCode } = await comment(PULL, `/deploy ${SMALL}`);
    expect(exitCode).toBe(1);
    expect(status(PULL)).toMatch(/`ps-624`: failed.*```text\n.*Error: no such package\n```/s);
    plays(SUCCESS);
    expect((await comment(PULL, "/destroy")).exitCode).toBe(0);
  });
});

describe("a pull request's label", { timeout: 300_000 }, () => {
  const PULL = "packit/packit-service#622";

  it("puts it on test as long as it is there, and leaves what others are on", async () => {
    await comment(PULL, `/deploy packit-service=622 ogr=62 ${SMALL}`);
    github.pulls.set(PULL, { labels: ["test-instance"] });
    said.label(PULL, "labeled", "test-instance", "mallory");
    expect((await pull(PULL, "labeled")).exitCode).toBe(0);
    expect(status(PULL)).toContain("counts only from accounts that may write");
    said.label(PULL, "labeled", "test-instance", "alice");
    // Another label says nothing.
    expect((await pull(PULL, "labeled", "bug")).stderr).toContain("Nothing is asked for.");
    expect(await names()).toEqual(["ps-622-ogr-62"]);
    expect((await pull(PULL, "labeled")).exitCode).toBe(0);
    expect(await names()).toEqual(["ps-622", "ps-622-ogr-62"]);
    expect((await pull(PULL, "labeled")).stderr).toContain("ps-622 is there");

    github.pulls.set(PULL, {});
    said.label(PULL, "unlabeled", "test-instance", "mallory");
    expect((await pull(PULL, "unlabeled")).exitCode).toBe(0);
    expect(await names()).toEqual(["ps-622", "ps-622-ogr-62"]);
    said.label(PULL, "unlabeled", "test-instance", "alice");
    expect((await pull(PULL, "unlabeled")).exitCode).toBe(0);
    expect(await names()).toEqual(["ps-622-ogr-62"]);
    expect(status(PULL)).toContain("ogr=62 is on test in it as well");

    // What was made after the label was taken away is left alone, whoever says that it was taken away now.
    await comment(PULL, `/deploy ${SMALL}`);
    expect(
      (await sent({ repository: "packit/packit-service", number: 622, label: "test-instance" })).exitCode,
    ).toBe(0);
    expect(await names()).toEqual(["ps-622", "ps-622-ogr-62"]);

    github.pulls.set(PULL, { state: "closed", isMerged: true, labels: ["keep"] });
    expect((await pull(PULL, "closed")).exitCode).toBe(0);
    expect(await names()).toEqual(["ps-622", "ps-622-ogr-62"]);
    expect(status(PULL)).toContain("it is kept");
    github.pulls.set(PULL, { state: "closed", isMerged: true });
    expect((await pull(PULL, "closed")).exitCode).toBe(0);
    expect(await names()).toEqual(["ps-622-ogr-62"]);
    expect((await comment("packit/ogr#62", "/destroy")).exitCode).toBe(0);
    expect(await names()).toEqual([]);
  });
});

describe("what another repository sends on", { timeout: 300_000 }, () => {
  const PULL = "packit/packit-service#623";
  const place = { repository: "packit/packit-service", number: 623 };

  it("is where to look, and nothing that it says is believed", async () => {
    const stranger = said.say(PULL, "mallory", `/deploy ${SMALL}`);
    const lies = {
      sender: "alice",
      author: "alice",
      author_association: "OWNER",
      body: "/deploy",
      comment_body: "/destroy",
    };
    expect((await sent({ ...place, comment: stranger, ...lies })).exitCode).toBe(0);
    expect(await names()).toEqual([]);
    expect(said.on(PULL).at(-1)?.body).toContain("`mallory` may not");

    const own = said.say(PULL, "alice", `/deploy ${SMALL}`);
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
      const { exitCode } = await sent(wrong);
      expect([wrong, exitCode]).toEqual([wrong, 1]);
    }
    expect(said.reactionsTo(own)).toEqual([]);
    // A pull request that never had the label.
    expect((await sent(place)).stderr).toContain("never had the label");
    expect((await sent({ ...place, comment: own, ...lies })).exitCode).toBe(0);
    expect(await names()).toEqual(["ps-623"]);
    // Told of once more, it is not done once more.
    await comment(PULL, "/destroy");
    expect((await sent({ ...place, comment: own })).stderr).toContain("has been answered");
    expect(await names()).toEqual([]);
  });

  it("is done as words as well by whoever may start workflows", async () => {
    const bad = await given("deploy nope=1");
    expect([bad.exitCode, bad.stderr]).toEqual([1, expect.stringContaining('no repository "nope"')]);
    expect((await given("deplyo ogr=1")).stderr).toContain("Did you mean deploy?");
    expect((await given("/status")).stderr).toContain("Name the instance");
    expect((await given(`deploy packit-service=623 --name words ${SMALL}`)).exitCode).toBe(0);
    expect((await given("/status words")).stderr).toContain("`words`: up");
    expect((await given("destroy words")).exitCode).toBe(0);
    expect(await names()).toEqual([]);
  });

  it("is done although GitHub takes no comment, and no token is shown whatever is said", async () => {
    said.fails = (method, path) =>
      method !== "GET" && path.includes("/issues/")
        ? [403, { message: "You have exceeded a secondary rate limit" }]
        : undefined;
    const { exitCode, stderr } = await comment(PULL, `/deploy ${SMALL} --name silent`);
    expect([exitCode, await names()]).toEqual([0, ["silent"]]);
    expect(stderr).toContain("the status comment could not be written");
    said.fails = undefined;
    await comment(PULL, `/destroy silent\n/status ${TOKEN}`);
    expect(await names()).toEqual([]);
    expect(status(PULL)).toContain("***");
    expect(JSON.stringify(said.comments.filter(({ author }) => author === ACCOUNT))).not.toContain("MARKED");
  });
});

const SUCCESS = { status: "completed", conclusion: "success" };

/** From now on builds go so; former ones are forgotten. */
function plays(outcome: FakeGitHub["outcome"][number]): void {
  github.outcome = [outcome];
  github.runs.length = 0;
}

let runs = 24_000_000_000;

/** Alice says something, and GitHub tells of it. */
async function comment(place: string, body: string) {
  const id = said.say(place, "alice", body);
  return { ...(await respond("issue_comment", created(place, id))), reactions: said.reactionsTo(id) };
}

function created(place: string, id: number) {
  const [full_name, number] = place.split("#");
  return {
    action: "created",
    comment: { id },
    issue: { number: Number(number), pull_request: { url: "x" } },
    repository: { full_name },
  };
}

function pull(place: string, action: string, label = "test-instance") {
  const [full_name, number] = place.split("#");
  const named = action === "closed" ? {} : { label: { name: label } };
  return respond("pull_request_target", {
    action,
    number: Number(number),
    repository: { full_name },
    ...named,
  });
}

function sent(client_payload: unknown) {
  return respond("repository_dispatch", {
    action: "test-instance",
    client_payload,
    sender: { login: "alice" },
  });
}

function given(text: string) {
  return respond("workflow_dispatch", { inputs: { command: text } });
}

function respond(name: string, event: unknown) {
  return started(name, event).then(({ exitCode, stderr }) => ({ exitCode, stderr: String(stderr) }));
}

function started(name: string, event: unknown) {
  const file = join(temporaryFolder(), "event.json");
  writeFileSync(file, JSON.stringify(event));
  const run = String(runs++);
  const log = `https://github.com/packit/deployment/actions/runs/${run}`;
  const where = ["--engine", "apply", "--kubeconfig", PATHS.kubeconfig];
  const what = ["--event", file, "--event-name", name, "--run", run, "--log", log];
  const env = { GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN };
  const shared = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
  shared.config["packit:testInstances"] = { default: RAW };
  const cwd = project({ "Pulumi.yaml": stringify(shared) });
  return command("test-instance", ["respond", ...where, ...what], { cwd, env });
}

/** The one status comment of a pull request. */
function status(place: string): string {
  const own = said
    .on(place)
    .filter(({ author, body }) => author === ACCOUNT && body.startsWith("<!-- test-instance run="));
  expect(own).toHaveLength(1);
  return own[0]?.body ?? "";
}

async function names(): Promise<string[]> {
  return (await slotsOf({ client, pool }).held()).map(({ name }) => name).sort();
}

function shown(date: Date | undefined): string {
  return date?.toISOString().slice(0, 16).replace("T", " ") ?? "";
}
