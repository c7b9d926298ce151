import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { wayTo } from "../../cluster/access.ts";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { Transport } from "../../cluster/transport.ts";
import { until } from "../../cluster/until.ts";
import { UserError } from "../../errors.ts";
import { GitHub } from "../../github/github.ts";
import { NOTHING } from "../../kubernetes/amounts.ts";
import { STORAGE_CLASS } from "../../local/fixtures.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import type { Builder } from "../../operations/test-instances/builder.ts";
import { type Context, queueOf, seedOf, slotsOf } from "../../operations/test-instances/context.ts";
import { deploy } from "../../operations/test-instances/deploy.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import { ApplyEngine } from "../../operations/test-instances/engine.ts";
import { extend } from "../../operations/test-instances/extend.ts";
import { managementObjects } from "../../operations/test-instances/management.ts";
import { prepare } from "../../operations/test-instances/namespaces.ts";
import { OpenShiftBuilder } from "../../operations/test-instances/openshift-builder.ts";
import { reap } from "../../operations/test-instances/reap.ts";
import { redeployed } from "../../operations/test-instances/refresh.ts";
import { type RequestWords, readRequest } from "../../operations/test-instances/request.ts";
import { inSeconds } from "../../schema/duration.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import type { Anything } from "../support/anything.ts";
import { command, project } from "../support/cli.ts";
import { FakeGitHub } from "../support/github.ts";
import { MARK } from "../support/marks.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { reapersClient } from "./reapers-client.ts";
import { barePod, FEW_PARTS, TestStack } from "./stack.ts";
import { setStatus } from "./status.ts";
import { LEFT_OUT } from "./test-pool.ts";

/** How often a deploy is killed by chance; 20 and more where there is time: `PACKIT_TEST_KILLS=20`. */
const KILLS = Number(process.env.PACKIT_TEST_KILLS ?? 5);

/** About as many requests as a deploy sends. */
const REQUESTS = 280;

const BUILT = `quay.io/x/y@sha256:${"0".repeat(64)}`;

const access = { kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT };
const client = new ApiClient(access);
const HERE = { domain: "apps.example.com", storageClass: STORAGE_CLASS };
const RAW_POOL = { kubeContext: LOCAL_CONTEXT, namespace: "test-pool" };
const pool = poolOf(RAW_POOL);

let github: FakeGitHub;
let said: string[];

beforeAll(async () => {
  for (const object of managementObjects(pool)) await applyOne(client, object);
});
beforeEach(async () => {
  github = await new FakeGitHub().start();
  for (const number of [614, 800, 900]) github.pulls.set(`packit/packit-service#${number}`, {});
  github.pulls.set("packit/ogr#123", {});
  said = [];
});
afterEach(() => github.stop());
afterAll(async () => {
  for (const object of managementObjects(pool).toReversed()) await client.delete(object);
});

describe("two test instances beside stage", { timeout: 180_000 }, () => {
  const stage = new TestStack("beside");
  /** With the parts alone that an instance has as well. */
  const alike = { ...FEW_PARTS, withBeat: true, withFedmsg: true };
  beforeAll(() => stage.up(alike));

  it("are each ready, share no name, secret or volume, and live as they should", async () => {
    const [one, two] = await Promise.all([
      // An extension while it is deployed is no reason to stop.
      up(["packit-service=614"], {}, undefined, {
        build: async (args) => {
          await extend(await context(), "ps-614", 60);
          return BUILDER.build(args);
        },
      }),
      up(["packit-service=800", "ogr=123"], { base: "prod" }),
    ]);
    expect([one.held.state, two.held.state]).toEqual(["up", "up"]);
    expect(one.held.expires.getTime() - two.held.expires.getTime()).toBeGreaterThan(50_000);
    const [mine, others] = await Promise.all(["ps-614", "ps-800-ogr-123"].map(secretsOf));
    expect(mine?.filter((value) => others?.includes(value))).toEqual([]);
    expect((await stage.up(alike)).changed).toEqual([]);

    await expect(up(["packit-service=900"], { name: "ps-614" })).rejects.toThrow(
      "The name ps-614 is taken, by packit-service=614",
    );

    // A new commit is deployed in the same place, and nothing else is.
    github.pulls.set("packit/packit-service#614", { sha: "f".repeat(40) });
    expect(await redeployed(await context(), { builder: BUILDER, isDry: false })).toEqual([
      { name: expect.stringMatching("ps-"), what: expect.any(String), failed: false },
      { name: expect.stringMatching("ps-"), what: expect.any(String), failed: false },
    ]);
    const again = (await slotsOf({ client, pool }).held()).find(({ name }) => name === "ps-614");
    expect(again).toMatchObject({
      slot: one.held.slot,
      expires: one.held.expires,
      commits: { "packit-service": "f".repeat(40) },
    });

    // Extended as long as it may be, then let to its end.
    const longest = await extend(await context(), "ps-614", 100 * 3600);
    expect(longest.expires.getTime() - longest.created.getTime()).toBe(inSeconds(pool.ttl.max) * 1000);
    await expect(extend(await context(), "ps-614", 3600)).rejects.toThrow("lives as long as it may already");
    const over = await slotsOf({ client, pool }).update(longest, {
      expires: new Date(longest.created.getTime() + 1000),
    });

    // A label keeps it; without, it goes. So does the other one, once its last pull request is closed.
    await label("ps-614", { "packit.dev/keep": "true" });
    expect(await reapAll({ isDry: true })).toEqual([]);
    await label("ps-614", { "packit.dev/keep": null });
    expect(over.expires.getTime()).toBeLessThan(Date.now() + 1000);
    await until(async () => Date.now() > over.expires.getTime(), { what: "the expiry", limitSeconds: 5 });
    github.pulls.set("packit/packit-service#800", { state: "closed" });
    expect((await reapAll({ isDry: true })).map(({ name }) => name)).toEqual(["ps-614"]);
    github.mood = "broken";
    expect((await reapAll({ isDry: true })).map(({ name }) => name)).toEqual([]);
    github.mood = "well";
    github.pulls.set("packit/ogr#123", { state: "closed" });
    expect((await reapAll({ isDry: true })).map(({ name, why }) => [name, why.slice(0, 7)]).sort()).toEqual([
      ["ps-614", "expired"],
      ["ps-800-ogr-123", "all of "],
    ]);
    expect((await reapAll()).map(({ problem }) => problem)).toEqual([undefined, undefined]);
    await nothingIsLeft(["ps-614", "ps-800-ogr-123"]);

    // What is gone stays so.
    expect(await redeployed(await context(), { builder: BUILDER, isDry: false })).toEqual([]);
    await expect(up(["packit-service=900"], { onlyExisting: true })).rejects.toThrow(
      "There is no instance ps-900",
    );
    expect(await destroy(await context(), "ps-614")).toBe(false);
  });
});

describe("a test instance", { timeout: 180_000 }, () => {
  it("is cleaned up after, wherever its deploy was killed", async () => {
    const many = poolOf({
      kubeContext: LOCAL_CONTEXT,
      namespace: "test-pool",
      limit: KILLS,
      budget: { cpu: `${5 * KILLS}`, memory: `${45 * KILLS}Gi` },
    });
    const names = Array.from({ length: KILLS }, (_, i) => `killed-${i}`);
    // One in each part of a deploy of the same length, so that few of them reach all of it.
    const points = names.map((_, i) => 1 + Math.floor(((i + Math.random()) / KILLS) * REQUESTS));
    const ends = await Promise.all(
      names.map(async (name, i) => {
        const mortal = new ApiClient(access, new MortalTransport(points[i] ?? 1));
        const args = { name, with: [], without: LEFT_OUT };
        return up(["packit-service=614"], args, { ...(await context()), pool: many, client: mortal }).then(
          () => "up",
          (error) => (error instanceof Killed ? "killed" : String(error)),
        );
      }),
    );
    expect(
      ends.filter((end) => end !== "up" && end !== "killed"),
      points.join(),
    ).toEqual([]);
    expect(ends.filter((end) => end === "killed").length).toBeGreaterThan(KILLS / 2);
    for (const held of await slotsOf({ client, pool: many }).held()) {
      // Those that were done in time are over as well.
      if (held.state === "up")
        await slotsOf({ client, pool: many }).update(held, {
          expires: new Date(held.created.getTime() + 1000),
        });
    }
    const reaped = await reap({ ...(await context()), pool: many }, { isDry: false, silenceSeconds: 0 });
    expect(reaped.filter(({ problem }) => problem)).toEqual([]);
    await nothingIsLeft(names);
    expect(await slotsOf({ client, pool: many }).held()).toEqual([]);
  });

  it("waits in line for a slot, or says who holds them", async () => {
    const single = poolOf({ kubeContext: LOCAL_CONTEXT, namespace: "test-pool", limit: 1 });
    // Whoever gets the slot stops there: the line is what is looked at.
    const stopping: Builder = { build: () => Promise.reject(new UserError("stopped")) };
    const own = { ...(await context()), pool: single };
    const ask = (name: string, waitSeconds: number) => {
      return expect(
        up(["packit-service=614"], { name, waitSeconds, without: LEFT_OUT }, own, stopping),
      ).rejects.toThrow("stopped");
    };
    await ask("first", 0);
    await expect(up(["packit-service=614"], { name: "second", without: LEFT_OUT }, own)).rejects.toThrow(
      /Every slot is taken\. Held: first of .* Wait for one with --wait 30m/,
    );
    const order: string[] = [];
    const waiting: Promise<unknown>[] = [];
    for (const name of ["second", "third"]) {
      const served = () => {
        order.push(name);
        return destroy(own, name);
      };
      waiting.push(ask(name, 120).then(served));
      const joined = async () =>
        (await queueOf({ client, pool: single }).tickets()).some((one) => one.name === name);
      await until(joined, { what: `${name} to wait`, limitSeconds: 10 });
    }
    await destroy({ ...(await context()), pool: single }, "first");
    await Promise.all(waiting);
    expect(order).toEqual(["second", "third"]);
    expect(await queueOf({ client, pool: single }).tickets()).toEqual([]);
    await nothingIsLeft(["first", "second", "third"]);
  });

  it("that is destroyed while it is deployed stays gone", async () => {
    let destroyed: Promise<boolean> | undefined;
    const builder: Builder = {
      build: async () => {
        destroyed = destroy(await context(), "short");
        const marked = async () =>
          (await slotsOf({ client, pool }).held()).some(({ state }) => state === "destroying");
        await until(marked, { what: "the mark", limitSeconds: 5 });
        return {};
      },
    };
    const deployed = up(["packit-service=614"], { name: "short", without: LEFT_OUT }, undefined, builder);
    await expect(deployed).rejects.toThrow(/short is being destroyed/);
    expect(await destroyed).toBe(true);
    await nothingIsLeft(["short"]);
  });

  it("that nobody holds is found by its label, and one that cannot go says why", async () => {
    const [namespace] = namespacesOf("orphan");
    const going = new AbortController().signal;
    await prepare(await context(), "orphan", [{ name: namespace, amounts: NOTHING }], going);
    // Labels of that form on anybody else's namespace are no reason to delete it.
    const labels = { "packit.dev/stack": "test-orphan", "packit.dev/pool": pool.namespace };
    const foreign = { apiVersion: "v1", kind: "Namespace", metadata: { name: "somebody-elses", labels } };
    await client.create(foreign);
    const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "admitted", namespace } };
    await client.delete(quota);
    const stuck = barePod(namespace, "stuck");
    await client.create({
      ...stuck,
      metadata: { ...stuck.metadata, ...{ finalizers: ["example.com/stuck"] } },
    });
    const blocked = destroy(await context(), "orphan", 3);
    await expect(blocked).rejects.toThrow(
      /Not everything is gone after 3 s:\n.*packit-test-orphan: Pod stuck has the finalizers example\.com\/stuck/s,
    );
    const path = `/api/v1/namespaces/${namespace}/pods/stuck`;
    await client.request("PATCH", path, { metadata: { finalizers: null } }, "application/merge-patch+json");
    const reaped = await reapAll();
    expect(reaped.map(({ name, problem }) => [name, problem])).toEqual([["orphan", undefined]]);
    expect(await client.read(foreign)).toBeDefined();
    await client.delete(foreign);
    await nothingIsLeft(["orphan"]);
  });
});

describe("images built in the cluster", () => {
  it("are what the instance runs, a library over the image of its service; a failure shows the log's end", async () => {
    const seen: Anything[] = [];
    const controller = new BuildController(seen);
    try {
      const builder = new OpenShiftBuilder(client);
      const args = { without: LEFT_OUT, images: [] };
      await up(["packit-service=800", "ogr=123"], { ...args, name: "built" }, undefined, builder);
      const specs = new Map(seen.map(({ metadata, spec }) => [metadata.name.replace(/-\w{10}$/, ""), spec]));
      // One that named its BuildConfig would wait for others of it to have run.
      expect(JSON.stringify(seen)).not.toContain("openshift.io/build-config.name");
      expect([...specs.keys()].sort()).toEqual([
        "packit-service",
        "packit-service-overlay",
        "packit-worker",
        "packit-worker-overlay",
      ]);
      expect(specs.get("packit-worker").source.git).toEqual({
        uri: "https://github.com/packit/packit-service.git",
        ref: FakeGitHub.sha("packit/packit-service#800"),
      });
      expect(specs.get("packit-worker").revision.git.commit).toBe(
        FakeGitHub.sha("packit/packit-service#800"),
      );
      expect(specs.get("packit-worker").strategy.dockerStrategy).toMatchObject({
        dockerfilePath: "files/docker/Dockerfile.worker",
        buildArgs: [{ name: "SOURCE_BRANCH", value: "main" }],
      });
      const { dockerfile } = specs.get("packit-worker-overlay").source;
      expect(dockerfile).toContain(
        `git+https://github.com/packit/ogr.git@${FakeGitHub.sha("packit/ogr#123")}`,
      );
      const set = {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: "packit-worker", namespace: "packit-test-built" },
      };
      const { spec } = (await client.read(set)) as Anything;
      expect(spec.template.spec.containers[0].image).toMatch(
        /svc:5000\/packit-test-built-builds\/packit-worker@sha256:[0-9a-f]{64}$/,
      );
      // The same commits are not built twice.
      await up(["packit-service=800", "ogr=123"], { ...args, name: "built" }, undefined, builder);
      expect(seen).toHaveLength(4);
      controller.outcome = { phase: "Failed", message: "Docker build strategy has failed" };
      const failing = up(["packit-service=900"], { ...args, name: "broken" }, undefined, builder);
      await expect(failing).rejects.toThrow(/The build of \w+ failed: Docker build strategy has failed/);
      const held = (await slotsOf({ client, pool }).held()).find(({ name }) => name === "broken");
      expect(held?.state).toBe("failed");
      // Two builds at once are counted, until they are there; then their namespace holds nothing more.
      const built = (await slotsOf({ client, pool }).held()).find(({ name }) => name === "built");
      expect((held?.requests.cpu ?? 0) - (built?.requests.cpu ?? 0)).toBe(1000);
      expect(await roomForBuilds("broken")).toMatchObject({ "requests.cpu": "1", "limits.memory": "8Gi" });
      expect(await roomForBuilds("built")).toMatchObject({ "requests.cpu": "0", "limits.memory": "0" });
      const policies = await client.list(
        { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
        { namespace: "packit-test-built-builds" },
      );
      expect(policies.map(({ metadata }) => metadata.name).sort()).toEqual(["builds", "default-deny"]);
    } finally {
      controller.stop();
    }
    const own = await context();
    await Promise.all(["built", "broken"].map((name) => destroy(own, name)));
    await nothingIsLeft(["built", "broken"]);
  });
});

describe("./ops test-instance", () => {
  it("survives its own death, and deploys", async () => {
    const shared = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
    shared.config["packit:testInstances"] = { default: { ...RAW_POOL, ...HERE } };
    const cwd = project({ "Pulumi.yaml": stringify(shared) });
    const run = (...args: string[]) => {
      const env = { GITHUB_API_URL: github.url, GITHUB_TOKEN: `${MARK}-token` };
      const common = ["--kubeconfig", PATHS.kubeconfig, "--engine", "apply"];
      return command("test-instance", [...args, ...common], { cwd, env, all: true });
    };
    const images = ["service", "worker"].flatMap((name) => ["--image", `${name}=${BUILT}`]);
    const words = ["packit-service=614", ...images, ...LEFT_OUT.flatMap((part) => ["--without", part])];

    const killed = run("deploy", ...words);
    await until(async () => (await slotsOf({ client, pool }).held()).length > 0, {
      what: "a slot",
      limitSeconds: 20,
    });
    killed.kill("SIGKILL");
    await killed;
    const tooShort = await run("reap", "--silence", "1s");
    expect([tooShort.exitCode, String(tooShort.all)]).toEqual([1, expect.stringContaining("is too short")]);
    // It is taken for dead once it has been silent for as long as a living one never is.
    const gone = async () => {
      const { exitCode, stdout, all } = await run("reap", "--silence", "30s");
      expect(exitCode).toBe(0);
      return /^ps-614 is gone: whoever was deploying it/.test(String(stdout)) && { all };
    };
    const reaped = await until(gone, { what: "the dead deploy to be reaped", limitSeconds: 90 });
    await nothingIsLeft(["ps-614"]);

    const done = await run("deploy", ...words, "--json");
    expect([done.exitCode, String(done.all)]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(String(done.stdout))).toMatchObject({
      name: "ps-614",
      state: "up",
      url: "https://ps-614.apps.example.com/",
      commits: { "packit-service": FakeGitHub.sha("packit/packit-service#614") },
      images: { service: BUILT, worker: BUILT },
      health: { healthz: expect.stringContaining("not within reach") },
    });
    expect(await destroy(await context(), "ps-614")).toBe(true);
    await nothingIsLeft(["ps-614"]);
    expect([reaped, done].map(({ all }) => all).join()).not.toContain(MARK);
  });
});

/** Images are there already. */
const BUILDER: Builder = {
  build: async ({ builds }) => Object.fromEntries(builds.map(({ image }) => [image, BUILT])),
};

async function context(): Promise<Context> {
  const engine = new ApplyEngine(client, () => seedOf(client, pool));
  const api = new GitHub({ baseUrl: github.url });
  return { root: ROOT, pool, client, github: api, engine, report: (message) => said.push(message) };
}

interface UpArgs extends Partial<RequestWords> {
  readonly waitSeconds?: number;
  readonly onlyExisting?: boolean;
}

async function up(references: string[], args: UpArgs = {}, given?: Context, builder = BUILDER) {
  const { waitSeconds = 0, onlyExisting = false, ...words } = args;
  const own = given ?? (await context());
  const all = { references, base: "stage", with: [], without: [], images: [], ...words };
  const request = readRequest(all, own.pool);
  const engine = new ApplyEngine(own.client, async () => "seed");
  return deploy({ ...own, engine }, { request, builder, waitSeconds, limitSeconds: 60, onlyExisting });
}

/** With the rights of the reaper's own account. */
async function reapAll({ isDry = false } = {}) {
  const own = { ...(await context()), client: await reapersClient(client, pool) };
  return reap(own, { isDry, silenceSeconds: 0 });
}

async function nothingIsLeft(names: readonly string[]): Promise<void> {
  const all = (await client.list({ apiVersion: "v1", kind: "Namespace" })).map(
    ({ metadata }) => metadata.name,
  );
  expect(all.filter((name) => names.some((one) => namespacesOf(one).includes(name)))).toEqual([]);
  const held = (await slotsOf({ client, pool }).held()).map(({ name }) => name);
  expect(held.filter((name) => names.includes(name))).toEqual([]);
}

/** The values of an instance's Secrets that are generated for it. */
async function secretsOf(name: string): Promise<string[]> {
  const [own] = namespacesOf(name);
  const secrets = (await client.list({ apiVersion: "v1", kind: "Secret" }, { namespace: own })) as Anything[];
  const wanted = secrets.filter(({ metadata }) =>
    ["postgres-secret", "valkey", "packit-config"].includes(metadata.name),
  );
  const values = wanted.flatMap(({ data }) => [
    data["database-password"],
    data.password,
    data["packit-service.yaml"],
  ]);
  expect(values.filter(Boolean)).toHaveLength(3);
  return values.filter(Boolean);
}

/** What the quota of an instance's namespace for builds has. */
async function roomForBuilds(name: string): Promise<Anything> {
  const [, , namespace] = namespacesOf(name);
  const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "admitted", namespace } };
  return ((await client.read(quota)) as Anything).spec.hard;
}

async function label(name: string, labels: Record<string, string | null>): Promise<void> {
  const path = `/api/v1/namespaces/${namespacesOf(name)[0]}`;
  await client.request("PATCH", path, { metadata: { labels } }, "application/merge-patch+json");
}

class Killed extends Error {}

/** A client of a process that is killed at one of its requests: that one and all later ones never leave it. */
class MortalTransport extends Transport {
  #left: number;

  constructor(requests: number) {
    super(wayTo(access));
    this.#left = requests;
  }

  override async send(...args: Parameters<Transport["send"]>): ReturnType<Transport["send"]> {
    this.#left -= 1;
    if (this.#left < 0) throw new Killed("killed");
    return super.send(...args);
  }
}

/** Stands in for OpenShift's: it ends each Build that is made. */
class BuildController {
  outcome: object = { phase: "Complete" };
  readonly #seen: Anything[];
  readonly #timer: NodeJS.Timeout;

  constructor(seen: Anything[]) {
    this.#seen = seen;
    this.#timer = setInterval(() => void this.#look().catch(() => {}), 200);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #keep(build: Anything): void {
    // Two looks at once may find the same one.
    if (!this.#seen.some(({ metadata }) => metadata.uid === build.metadata.uid)) this.#seen.push(build);
  }

  async #look(): Promise<void> {
    const builds = (await client.list({ apiVersion: "build.openshift.io/v1", kind: "Build" })) as Anything[];
    for (const build of builds.filter(({ status }) => status?.phase === undefined)) {
      const { name } = build.metadata;
      const imageDigest = `sha256:${Buffer.from(name).toString("hex").padEnd(64, "0").slice(-64)}`;
      await setStatus(client, build, { ...this.outcome, output: { to: { imageDigest } } });
      if ("phase" in this.outcome && this.outcome.phase === "Complete") this.#keep(build);
    }
  }
}
