import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyOne } from "../../cluster/apply.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import type { Builder } from "../../operations/test-instances/builder.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import type { Engine } from "../../operations/test-instances/engine.ts";
import { leftOfDeploy } from "../../operations/test-instances/left.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { TestPool } from "./test-pool.ts";

const NAME = "empty";
const pool = new TestPool("give-back-pool");

beforeAll(() => pool.start());
beforeEach(() => {
  pool.said.length = 0;
});
afterEach(async () => {
  await destroy(pool.context(engine(async () => {})), NAME);
});
afterAll(() => pool.stop());

describe("the slot of a deploy that fails", () => {
  it("is given back if nothing was made, and its engine lets go", async () => {
    const forgotten: string[] = [];
    const failing = engine(() => Promise.reject(new EnvironmentError("not logged in")), forgotten);
    await expect(pool.deploy(failing, NAME)).rejects.toThrow("not logged in");
    expect((await pool.held(NAME))?.state).toBeUndefined();
    expect(pool.said).toContainEqual(expect.stringMatching(/^slot \d is given back: nothing was made$/));
    expect(forgotten).toEqual([NAME]);
    expect(await leftOfDeploy(pool.context(failing), NAME)).toContain("has no slot");
  });

  it("is given back if it is stopped before anything was made", async () => {
    const stop = new AbortController();
    const waiting = engine(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          stop.abort(new UserError("Stopped by SIGINT."));
        }),
    );
    await expect(pool.deploy(waiting, NAME, { signal: stop.signal })).rejects.toThrow("Stopped by SIGINT.");
    expect((await pool.held(NAME))?.state).toBeUndefined();
  });

  it("stays if something of it is there", async () => {
    const half = engine(async () => {
      const [namespace] = namespacesOf(NAME);
      const metadata = { name: "something", namespace, labels: { [STACK_LABEL]: stackOf(NAME) } };
      await applyOne(pool.client, { apiVersion: "v1", kind: "ConfigMap", metadata });
      throw new EnvironmentError("half way");
    });
    await expect(pool.deploy(half, NAME)).rejects.toThrow("half way");
    expect((await pool.held(NAME))?.state).toBe("failed");
    expect(await leftOfDeploy(pool.context(half), NAME)).toMatch(/in slot \d until .*destroy empty/);
  });

  it("stays if an image could not be built", async () => {
    const builder: Builder = { build: () => Promise.reject(new EnvironmentError("no image")) };
    await expect(
      pool.deploy(
        engine(async () => {}),
        NAME,
        { builder },
      ),
    ).rejects.toThrow("no image");
    expect((await pool.held(NAME))?.state).toBe("failed");
  });
});

/** An engine that does this, and says whom it forgets. */
function engine(up: (signal: AbortSignal) => Promise<void>, forgotten: string[] = []): Engine {
  return {
    name: "apply",
    up: (_, __, signal) => up(signal),
    forget: async (name) => void forgotten.push(name),
  };
}
