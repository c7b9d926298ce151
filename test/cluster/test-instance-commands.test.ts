import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { queueOf, slotsOf } from "../../operations/test-instances/context.ts";
import { LEASES } from "../../operations/test-instances/lease.ts";
import { managementObjects } from "../../operations/test-instances/management.ts";
import { command, project } from "../support/cli.ts";
import { FakeGitHub } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { TAKE_ARGS, tenancy } from "../support/tenancy.ts";
import { PATHS } from "./control-plane.ts";
import { opsSession } from "./ops-session.ts";

const RAW = {
  kubeContext: LOCAL_CONTEXT,
  namespace: "commands-pool",
  domain: "apps.example.com",
  storageClass: "local",
};
const pool = poolOf(RAW);
const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const images = ["service", "worker", "dashboard"].flatMap((name) => [
  "--image",
  `${name}=quay.io/x/y@sha256:${"0".repeat(64)}`,
]);
const PARTS = [
  ...["dashboard", "flower"].flatMap((part) => ["--with", part]),
  ...["sandbox", "fedmsg", "beat"].flatMap((part) => ["--without", part]),
];

let github: FakeGitHub;

beforeAll(async () => {
  github = await new FakeGitHub().start();
  github.pulls.set("packit/packit-service#615", {});
  for (const object of managementObjects(pool)) await applyOne(client, object);
});
afterAll(async () => {
  for (const object of managementObjects(pool).toReversed()) await client.delete(object);
  await github.stop();
});

describe("what a test instance's user is told", { timeout: 300_000 }, () => {
  it("is where everything is, what can be done, and what is in the way", async () => {
    const run = runner();
    const deploy = ["deploy", "packit-service=615", ...images, ...PARTS] as const;
    const dry = await run(...deploy, "--dry-run");
    expect(dry.stdout).toMatch(/^until {7}\S+Z \((8h|7h 59m)/m);
    expect(dry.stdout).toMatch(/^parts {7}dashboard, flower$/m);
    expect(dry.stdout).toMatch(/^asks for {4}\d+m? of CPU, \d+[MG]i of memory$/m);
    expect(dry.stdout).toMatch(/^namespace {3}packit-test-ps-615$/m);
    expect(dry.stdout).not.toContain("-sandbox");

    const up = await run(...deploy);
    expect([up.exitCode, up.stderr]).toEqual([0, expect.any(String)]);
    expect(up.stdout).toContain("https://ps-615-dashboard.apps.example.com/");
    expect(up.stdout).toContain("https://ps-615-workers.apps.example.com/");
    expect(up.stdout).not.toMatch(/-sandbox|-builds/);
    // Each command that is printed works as it is copied, by whatever client there is.
    const printed = up.stdout.split("\n").map((line) => line.slice(12));
    const password = printed.find((line) => line.includes("get secret flower")) ?? "";
    const kubectl = join(PATHS.kit, "kubectl");
    const { stdout } = await execa({ shell: true })`${password.replace(/^oc/, kubectl)}`;
    expect(stdout).toMatch(/^\S{20,}$/);
    const own = printed.find((line) => line.startsWith("./ops")) ?? "";
    expect((await run.words(own.split(" ").slice(1))).exitCode).toBe(0);

    // The same again: nothing would change. Another commit and part: that would.
    expect((await run(...deploy, "--dry-run")).stdout).toMatch(/^change {6}none/m);
    github.pulls.set("packit/packit-service#615", { sha: "f".repeat(40) });
    const changed = await run(...deploy, "--with", "pushgateway", "--dry-run");
    expect(changed.stdout).toMatch(/^change {6}packit-service from \w{7} to fffffff$/m);
    expect(changed.stdout).toMatch(/^change {6}pushgateway is added$/m);
    const other = await run("deploy", "ogr=branch:main", "--name", "ps-615", "--dry-run");
    expect(other.stdout).toMatch(/^in the way {2}the name is taken/m);

    expect((await run("logs", "ps-615", "--component", "nope")).stderr).toMatch(
      /There is no component "nope"\..* There are: .*flower.*packit-service/,
    );
    expect((await run("open", "ps-615", "--page", "flower")).stdout).toBe(
      "https://ps-615-workers.apps.example.com/",
    );
    expect((await run("open", "ps-615", "--page", "metrics")).stderr).toContain(
      "There are: api, dashboard, flower.",
    );

    expect((await run("keep", "ps-615")).exitCode).toBe(0);
    const ticket = await queueOf({ client, pool }).join("waits");
    const list = await run("list");
    expect(list.stdout).toMatch(/ps-615 .*\n.*kept/);
    expect(list.stdout).toContain("1. in line: waits");
    for (const line of list.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect((await run("show", "ps-615")).stdout).toContain("kept beyond");
    expect((await run("keep", "ps-615", "--off")).exitCode).toBe(0);
    expect(JSON.parse((await run("list", "--json")).stdout)).toMatchObject([
      {
        name: "ps-615",
        kept: false,
        namespaces: ["packit-test-ps-615"],
        requests: { cpu: expect.stringMatching(/m$/) },
      },
      { name: "waits", state: "waiting", before: 0 },
    ]);
    await client.delete(ticket);

    const mistyped = await run("destroy", "Ps_615");
    expect(mistyped.stderr).toContain('There is no instance "Ps_615"');
    expect(mistyped.stderr).toContain("ps-615");
    const wrong = await run("deploy", "ogr=0", "--ttl", "8", "--limit", "x", "--with", "flour");
    for (const part of ['"ogr=0"', "--ttl", "--limit", "--with flour"]) expect(wrong.stderr).toContain(part);

    // One of its pull requests is merged, and another lease holds nonsense: that is no failure of anything else.
    github.pulls.set("packit/packit-service#615", { state: "closed", isMerged: true });
    const broken = await slotsOf({ client, pool }).take(tenancy("nonsense"), TAKE);
    if ("refused" in broken) throw new Error(broken.refused);
    const lease = { ...LEASES, metadata: { name: `slot-${broken.slot}`, namespace: pool.namespace } };
    await client.patch(lease, { metadata: { annotations: { "packit.dev/tenancy": '{"name":' } } });
    const refreshed = await run("refresh");
    expect([refreshed.exitCode, refreshed.stdout]).toEqual([
      0,
      "ps-615: is left as it is: packit-service=615 is merged",
    ]);
    const reaped = await run("reap", "--dry-run");
    expect([reaped.exitCode, reaped.stdout]).toEqual([
      0,
      "ps-615 would go: all of its pull requests are closed",
    ]);
    expect(reaped.stderr.split("all of its pull requests").length).toBe(1);
    expect((await run("list")).stdout).toMatch(/nonsense .*broken/);
    github.odd = { status: 200, text: "<html>log in</html>" };
    const unheard = await run("reap", "--dry-run");
    expect([unheard.exitCode, unheard.stdout]).toEqual([0, "Nothing is over."]);
    github.odd = undefined;
    expect((await run("show", "nonsense")).exitCode).toBe(0);
    for (const name of ["nonsense", "ps-615"])
      expect((await run("destroy", name)).stdout).toBe(`${name} is gone.`);
    expect(await slotsOf({ client, pool }).held()).toEqual([]);
  });
});

const TAKE = { ...TAKE_ARGS, budget: { cpu: 1e9, memory: 1e15 } };

/** Runs verbs in a project of this pool, as a user does who names a kubeconfig; `words` those that are printed, as they are. */
function runner() {
  const shared = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
  shared.config["packit:testInstances"] = { default: RAW };
  const cwd = project({ "Pulumi.yaml": stringify(shared) });
  const env = { GITHUB_API_URL: github.url };
  const words = async ([name = "", ...args]: readonly string[]) => {
    const { exitCode, stdout, stderr } = await command(name, args, { cwd, env });
    return { exitCode, stdout: String(stdout), stderr: String(stderr) };
  };
  const inSession = opsSession(cwd, env);
  const run = (...[verb, ...args]: readonly [verb: string, ...args: string[]]) => {
    const engine = ["deploy", "destroy", "refresh", "reap"].includes(verb) ? ["--engine", "apply"] : [];
    return inSession(["test-instance", verb, ...args, "--kubeconfig", PATHS.kubeconfig, ...engine]);
  };
  return Object.assign(run, { words });
}
