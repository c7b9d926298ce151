import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { type Context, slotsOf } from "../../operations/test-instances/context.ts";
import { ApplyEngine } from "../../operations/test-instances/engine.ts";
import { leaseOf } from "../../operations/test-instances/lease.ts";
import { reap } from "../../operations/test-instances/reap.ts";
import type { Tenancy } from "../../operations/test-instances/tenancy.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import { FakeGitHub, type FakePull } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { tenancy } from "../support/tenancy.ts";
import { PATHS } from "./control-plane.ts";

const NAME = "reaped";
const access = { kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT };
const client = new ApiClient(access);
const pool = poolOf({ kubeContext: LOCAL_CONTEXT, namespace: "reap-pool" });
const HOUR = 3_600_000;

let github: FakeGitHub;

beforeAll(() => client.create(namespace(pool.namespace)));
beforeEach(async () => {
  github = await new FakeGitHub().start();
});
afterEach(() => github.stop());
afterAll(() => client.delete(namespace(pool.namespace)));

/** What an instance is, and what becomes of it. */
interface Case extends Partial<Tenancy> {
  /** How long it has to live, in hours. */
  readonly left: number;
  /** Whether whoever is at work on it has not been heard of for too long. */
  readonly pulls?: Readonly<Record<string, FakePull>>;
  readonly isGitHubAway?: boolean;
}

const OGR = { references: ["ogr=1"] };
const BOTH = { references: ["ogr=1", "packit=2"] };
const OPEN = {};
const CLOSED = { state: "closed" } as const;
const KEPT = { labels: ["keep"] };

const GOES: Readonly<Record<string, readonly [Case, RegExp]>> = {
  "one whose maker died on the way": [{ state: "deploying", left: 1 }, /deploying it is not heard of/],
  "one whose end died on the way": [{ state: "destroying", wasUp: true, left: 1 }, /destroying it/],
  "one whose time is over": [
    { state: "up", left: -1, ...OGR, pulls: { "packit/ogr#1": OPEN } },
    /^expired at/,
  ],
  "one that failed, and whose time is over": [
    { state: "failed", left: -1, ...OGR, pulls: { "packit/ogr#1": OPEN } },
    /^expired at/,
  ],
  "one all of whose pull requests are closed": [
    { state: "up", left: 1, ...BOTH, pulls: { "packit/ogr#1": CLOSED, "packit/packit#2": CLOSED } },
    /closed/,
  ],
  "one over for a day of which GitHub cannot say whether it is kept": [
    { state: "up", left: -25, ...OGR, isGitHubAway: true },
    /^expired at/,
  ],
};

const STAYS: Readonly<Record<string, Case>> = {
  "one that was up before its maker died": { state: "deploying", wasUp: true, left: 1 },
  "one that is up, however silent its maker is": {
    state: "up",
    left: 1,
    ...OGR,
    pulls: { "packit/ogr#1": OPEN },
  },
  "one that failed": { state: "failed", left: 1, ...OGR, pulls: { "packit/ogr#1": OPEN } },
  "one that a label keeps beyond its time": {
    state: "up",
    left: -1,
    ...OGR,
    pulls: { "packit/ogr#1": KEPT },
  },
  "one that the label of a closed pull request keeps": {
    state: "up",
    left: 1,
    ...OGR,
    pulls: { "packit/ogr#1": { ...CLOSED, ...KEPT } },
  },
  "one of two pull requests of which one is open": {
    state: "up",
    left: 1,
    ...BOTH,
    pulls: { "packit/ogr#1": CLOSED, "packit/packit#2": OPEN },
  },
  "one of a branch besides": {
    state: "up",
    left: 1,
    references: ["ogr=1", "packit=branch:main"],
    pulls: { "packit/ogr#1": CLOSED },
  },
  "one just over of which GitHub cannot say whether it is kept": {
    state: "up",
    left: -1,
    ...OGR,
    isGitHubAway: true,
  },
  "one of which GitHub cannot say whether it is closed": { state: "up", left: 1, ...OGR, isGitHubAway: true },
};

describe("the reaper takes", () => {
  it.each(Object.entries(GOES))("%s", async (_, [one, why]) => {
    await held(one, async (look) => {
      expect(await look()).toMatch(why);
    });
  });
});

describe("the reaper leaves", () => {
  it.each(Object.entries(STAYS))("%s", async (_, one) => {
    await held(one, async (look) => {
      expect(await look()).toBeUndefined();
    });
  });

  it("one whose namespace says that it is kept, and asks nobody then", async () => {
    const [own] = namespacesOf(NAME);
    const kept = await client.create(namespace(own, { "packit.dev/keep": "true" }));
    await held({ state: "up", left: -1, ...OGR, isGitHubAway: true }, async (look) => {
      expect(await look()).toBeUndefined();
      expect(github.asked).toEqual([]);
    });
    await client.delete(kept);
  });

  it("nothing undecided: what was up before its maker died is said to have failed, and can be deployed again", async () => {
    await held({ state: "deploying", wasUp: true, left: 1 }, async () => {
      expect(await reap(context(), { isDry: false, silenceSeconds: -1 }).then(own)).toBeUndefined();
      expect((await slotsOf({ client, pool }).held()).map(({ state }) => state)).toEqual(["failed"]);
    });
  });
});

/** Has a slot held by an instance while something is done, which may ask why the reaper would take it. */
async function held(
  { left, pulls = {}, isGitHubAway = false, ...told }: Case,
  work: (look: () => Promise<string | undefined>) => Promise<void>,
): Promise<void> {
  for (const [name, pull] of Object.entries(pulls)) github.pulls.set(name, pull);
  if (isGitHubAway) github.mood = "broken";
  const created = new Date(Date.now() + left * HOUR - HOUR / 2);
  const times = { now: new Date(), created, ttlSeconds: HOUR / 2000 };
  const lease = await client.create(leaseOf(pool.namespace, 1, { ...tenancy(NAME), ...told }, times));
  try {
    await work(() => reap(context(), { isDry: true, silenceSeconds: -1 }).then(own));
  } finally {
    await client.delete(lease);
  }
}

/** Knows no namespaces: those of the instances of other pools are none that this pool's reaper may miss a lease of. */
class Blinkered extends ApiClient {
  override async list(...args: Parameters<ApiClient["list"]>): ReturnType<ApiClient["list"]> {
    return args[0].kind === "Namespace" ? [] : super.list(...args);
  }
}

/** Why this instance goes, or would. */
function own(reaped: Awaited<ReturnType<typeof reap>>): string | undefined {
  return reaped.find(({ name }) => name === NAME)?.why;
}

function context(): Context {
  const engine = new ApplyEngine(client, async () => "seed");
  const api = new GitHub({ baseUrl: github.url });
  return { root: ROOT, pool, client: new Blinkered(access), github: api, engine, report: () => {} };
}

function namespace(name: string, labels: Record<string, string> = {}) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}
