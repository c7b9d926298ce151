import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { wayTo } from "../../cluster/access.ts";
import { ApiClient } from "../../cluster/api-client.ts";
import { NoAnswer, Transport } from "../../cluster/transport.ts";
import { pause, until } from "../../cluster/until.ts";
import { UserError } from "../../errors.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { acquire } from "../../operations/test-instances/acquire.ts";
import { type Context, queueOf, slotsOf } from "../../operations/test-instances/context.ts";
import { ApplyEngine } from "../../operations/test-instances/engine.ts";
import { extend } from "../../operations/test-instances/extend.ts";
import { exceeds, type Held } from "../../operations/test-instances/lease.ts";
import { LeaseHolder } from "../../operations/test-instances/lease-holder.ts";
import { reap } from "../../operations/test-instances/reap.ts";
import { SILENCE_SECONDS } from "../../operations/test-instances/silence.ts";
import type { Slots } from "../../operations/test-instances/slots.ts";
import type { Tenancy } from "../../operations/test-instances/tenancy.ts";
import { poolOf } from "../support/pool.ts";
import { onMachine, SKEWS, skewDates } from "../support/skewed-clock.ts";
import { ROOT } from "../support/stacks.ts";
import { TAKE_ARGS, tenancy } from "../support/tenancy.ts";
import { PATHS } from "./control-plane.ts";

/** How often those that ask at once do so; 20 and more where there is time: `PACKIT_TEST_CROWDS=20`. */
const RUNS = Number(process.env.PACKIT_TEST_CROWDS ?? 8);

const pool = poolOf({ kubeContext: LOCAL_CONTEXT, namespace: "clock-pool", limit: 8 });
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: pool.namespace } };
const access = { kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT };
const admin = new ApiClient(access);

let restore: () => void;

beforeAll(async () => {
  restore = skewDates();
  await admin.create(namespace);
});
afterEach(releaseAll);
afterAll(async () => {
  restore();
  await admin.delete(namespace);
});

describe("whatever the clocks of the machines say", () => {
  it("who is heard of is left at work, and who is not is found", async () => {
    const property = fc.asyncProperty(
      fc.array(skew, { minLength: 3, maxLength: 3 }),
      skew,
      async (rest, dead) => {
        const deployers = [...SKEWS, ...rest];
        const beating = await Promise.all(
          deployers.map((offset, i) => onMachine(offset, async () => beat(await take(`alive-${i}`)))),
        );
        await onMachine(dead, () => take("dead"));
        const args = { isDry: true, silenceSeconds: 3 };
        const reaped = await Promise.all(
          SKEWS.map((offset) => onMachine(offset, () => reap(machine(), args))),
        );
        await Promise.all(beating.map((end) => end()));
        expect(reaped.flat().map(({ name }) => name)).toEqual(["dead", "dead", "dead"]);
      },
    );
    await fc.assert(property.afterEach(releaseAll), { numRuns: 3 });
  });

  it("an instance lives as long as it may, and no longer", async () => {
    const property = fc.asyncProperty(skew, skew, skew, async (maker, keeper, reaper) => {
      const held = await onMachine(maker, () =>
        take("timed", { state: "up", references: ["packit=branch:main"] }),
      );
      const now = (await admin.now()).getTime();
      expect(Math.abs(held.expires.getTime() - now - 3_600_000)).toBeLessThan(5000);
      const later = await onMachine(keeper, () => extend(machine(), "timed", 600));
      expect(later.expires.getTime() - held.expires.getTime()).toBe(600_000);
      expect(await onMachine(reaper, () => reap(machine(), { isDry: true, silenceSeconds: 0 }))).toEqual([]);
      const over = new Date(later.created.getTime() + 1000);
      await slotsOf({ client: admin, pool }).update(later, { expires: over });
      // The server tells its time to a second.
      const isOver = async () => (await admin.now()).getTime() > over.getTime() + 1500;
      await until(isOver, { what: "its end", limitSeconds: 10 });
      const reaped = await onMachine(reaper, () => reap(machine(), { isDry: true, silenceSeconds: 0 }));
      expect(reaped.map(({ why }) => why)).toEqual([`expired at ${over.toISOString()}`]);
    });
    await fc.assert(property.afterEach(releaseAll), { numRuns: 5 });
  });

  it("those that wait come in the order in which they asked, and none is taken for dead", async () => {
    const property = fc.asyncProperty(
      fc.array(skew, { minLength: 2, maxLength: 6 }),
      skew,
      async (skews, looker) => {
        for (const [i, one] of skews.entries())
          await onMachine(one, () => queueOf(machine()).join(`number-${i}`));
        const living = await onMachine(looker, () => queueOf(machine()).living());
        expect(living.map(({ name }) => name)).toEqual(skews.map((_, i) => `number-${i}`));
        for (const one of living) await queueOf(machine()).remove(one);
      },
    );
    await fc.assert(property.afterEach(releaseAll), { numRuns: 9 });
  });

  it("nobody takes over what somebody is at work on", async () => {
    const outcomes = SKEWS.map(async (offset, i) => {
      const name = `working-${i}`;
      const held = await onMachine(600_000, () => take(name));
      const beating = onMachine(600_000, () => beat(held));
      const args = { request: { ttlSeconds: 3600 }, waitSeconds: 0, onlyExisting: false };
      const other = onMachine(offset, () => acquire(machine(), args, { ...tenancy(name), run: "other" }));
      await expect(other).rejects.toThrow(`Somebody else is at work on ${name}: it is deploying`);
      await beating();
    });
    await Promise.all(outcomes);
  });
});

describe("a command whose slot is gone", () => {
  it.each<[string, (held: Held) => Promise<unknown>, RegExp]>([
    ["was destroyed", (held) => slots().release(held), /gone-0 was destroyed, and its slot is free/],
    [
      "is being destroyed",
      (held) => slots().update(held, { state: "destroying", run: "destroyer" }),
      /gone-1 is being destroyed/,
    ],
    [
      "is another one's now",
      (held) => slots().update(held, { ...tenancy("next"), run: "next" }),
      /gone-2 was destroyed, and its slot is next's now/,
    ],
    [
      "is deployed by another one",
      (held) => slots().update(held, { run: "other" }),
      /another deploy of gone-3 has begun/,
    ],
  ])("as it %s stops within a heartbeat or two, and says so", async (_, change, words) => {
    const name = /gone-\d/.exec(words.source)?.[0] ?? "";
    const holder = new LeaseHolder(slots(), await take(name));
    onTestFinished(() => holder.end());
    await change(holder.held);
    await until(async () => holder.signal.aborted, { what: "the command to notice", limitSeconds: 12 });
    expect(holder.signal.reason).toBeInstanceOf(UserError);
    expect(String(holder.signal.reason)).toMatch(words);
  });

  it("tells the one that destroys the instance that it has stopped", async () => {
    const holder = new LeaseHolder(slots(), await take("told"));
    const { run } = holder.held;
    await slots().update(holder.held, { state: "destroying", run: "destroyer", ends: run });
    await expect(holder.update({})).rejects.toThrow("told is being destroyed");
    const answers = async () => (await slots().held()).map(({ answer }) => answer);
    expect(await answers()).toEqual(["stopping"]);
    await holder.end();
    await holder.answer("stopped");
    expect(await answers()).toEqual(["stopped"]);
  });

  it("as its time is over stops, though it goes on renewing it", async () => {
    const held = await take("over");
    const holder = new LeaseHolder(slots(), held);
    onTestFinished(() => holder.end());
    await endAt(held, (await admin.now()).getTime() + 2000);
    await until(async () => holder.signal.aborted, { what: "its end", limitSeconds: 15 });
    expect(String(holder.signal.reason)).toMatch(/The time of over is over since .* longer --ttl/);
  });

  it("as nobody takes its word any more stops before it is taken for dead", async () => {
    const transport = new CutTransport(wayTo(access));
    const own = slotsOf({ client: new ApiClient(access, transport), pool });
    const holder = new LeaseHolder(own, await take("cut"));
    onTestFinished(() => holder.end());
    transport.isCut = true;
    const stopped = async () => holder.signal.aborted;
    await until(stopped, { what: "the command to stop", limitSeconds: SILENCE_SECONDS });
    expect(String(holder.signal.reason)).toContain("could not be renewed for 20 s");
  });
});

describe("the budget", () => {
  it("is kept to, however many ask for more at once", async () => {
    const budget = { cpu: 100, memory: 1000 };
    const names = ["one", "two", "three", "four"];
    const property = fc.asyncProperty(fc.array(asked, { minLength: 4, maxLength: 4 }), async (wanted) => {
      const before = await Promise.all(names.map((name) => take(name, { state: "up" }, slots())));
      let isOver = false;
      const look = async () => {
        const sure = (await slots().held()).filter(({ state }) => state !== "claiming");
        isOver ||= exceeds(budget, sure);
      };
      const asks = before.map((held, i) => {
        const requests = { cpu: wanted[i] ?? 1, memory: 1 };
        return slots().retake(held, { ...held, requests, state: "deploying" }, { budget });
      });
      let isDone = false;
      const all = Promise.all(asks).finally(() => {
        isDone = true;
      });
      while (!isDone) await look();
      const results = await all;
      await look();
      expect(isOver).toBe(false);
      // Somebody gets what goes with all that the others had.
      if (wanted.some((cpu) => cpu + 3 <= 100)) expect(results.some((one) => !("refused" in one))).toBe(true);
      for (const held of await slots().held()) {
        const i = names.indexOf(held.name);
        const isRefused = "refused" in (results[i] ?? {});
        expect([held.state, held.requests.cpu]).toEqual(isRefused ? ["up", 1] : ["deploying", wanted[i]]);
      }
    });
    await fc.assert(property.afterEach(releaseAll), {
      numRuns: RUNS,
      examples: [[[60, 60, 60, 60]], [[97, 1, 1, 1]]],
    });
  });
});

const skew = fc.oneof(fc.constantFrom(...SKEWS), fc.integer({ min: -600_000, max: 600_000 }));
const asked = fc.integer({ min: 1, max: 110 });

/** The way to the API server, until it is cut. */
class CutTransport extends Transport {
  isCut = false;

  override async send(...args: Parameters<Transport["send"]>): ReturnType<Transport["send"]> {
    if (this.isCut) throw new NoAnswer("cut", false);
    return super.send(...args);
  }
}

/** A machine of its own: with a client that has heard no time yet. */
function machine(): Context {
  const client = new ApiClient(access);
  const engine = new ApplyEngine(client, async () => "");
  return {
    root: ROOT,
    pool,
    client,
    github: new GitHub({ baseUrl: "http://127.0.0.1:9" }),
    engine,
    report: () => {},
  };
}

function slots() {
  return slotsOf({ client: admin, pool });
}

async function take(
  name: string,
  changes: Partial<Tenancy> = {},
  by: Slots = slotsOf(machine()),
): Promise<Held> {
  const result = await by.take({ ...tenancy(name), ...changes }, TAKE_ARGS);
  if ("refused" in result) throw new Error(`${name} is refused: ${result.refused}`);
  return result;
}

/** Says again and again that a slot's holder is at work, until the function is called that it returns. */
function beat(held: Held): () => Promise<void> {
  const holder = new LeaseHolder(slotsOf(machine()), held);
  let isOver = false;
  const beating = (async () => {
    while (!isOver) {
      await holder.update({});
      await pause(300);
    }
  })();
  return async () => {
    isOver = true;
    await beating;
    await holder.end();
  };
}

/** Gives an instance another end, in the API server's time. */
async function endAt(held: Held, time: number): Promise<void> {
  await slots().update(held, { expires: new Date(time) });
}

async function releaseAll(): Promise<void> {
  for (const held of await slots().held()) await slots().release(held);
}
