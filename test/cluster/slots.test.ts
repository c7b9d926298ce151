import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import type { Held } from "../../operations/test-instances/lease.ts";
import { LostSlot, Slots, type Taken } from "../../operations/test-instances/slots.ts";
import { TAKE_ARGS, tenancy } from "../support/tenancy.ts";
import { PATHS } from "./control-plane.ts";

const NAMESPACE = "test-slots";
const LIMIT = 3;
const CLIENTS = 100;

/** How often so many come at once; 100 and more where there is time: `PACKIT_TEST_CROWDS=100`. */
const ROUNDS = Number(process.env.PACKIT_TEST_CROWDS ?? 20);

const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const slots = new Slots(client, { namespace: NAMESPACE, limit: LIMIT });
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };

beforeAll(() => client.create(namespace));
afterAll(() => client.delete(namespace));

describe("the slots of test instances", () => {
  it("are each held once, whoever comes at once", { timeout: 300_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      // Every tenth round all at the same moment; in the others as people come, one close after another.
      const within = round % 10 === 0 ? 0 : 40;
      const results = await Promise.all(
        Array.from({ length: CLIENTS }, async (_, i) => {
          await setTimeout(Math.random() * within);
          return slots.take(tenancy(`client-${i}`), TAKE_ARGS);
        }),
      );
      const won = results.filter(isHeld);
      expect(won.map(({ slot }) => slot).sort()).toEqual([1, 2, 3]);
      expect((await slots.held()).map(({ name }) => name).sort()).toEqual(won.map(({ name }) => name).sort());
      expect(await Promise.all(won.map((held) => slots.release(held)))).toEqual([true, true, true]);
    }
  });

  it("are held once for one name, and within the budget, whoever comes at once", async () => {
    const same = await Promise.all(Array.from({ length: 10 }, () => slots.take(tenancy("same"), TAKE_ARGS)));
    expect(same.filter(isHeld)).toHaveLength(1);
    expect(same.filter((one) => !isHeld(one)).map((one) => (one as Taken).refused)).toContain("name");
    await empty();
    const large = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        slots.take({ ...tenancy(`large-${i}`), requests: { cpu: 600, memory: 1 } }, TAKE_ARGS),
      ),
    );
    expect(large.filter(isHeld)).toHaveLength(1);
    expect(await slots.held()).toHaveLength(1);
    await empty();
  });

  it("say who holds them, and until when", async () => {
    for (const name of ["one", "two", "three"]) await slots.take(tenancy(name), TAKE_ARGS);
    const taken = (await slots.take(tenancy("four"), TAKE_ARGS)) as Taken;
    expect(taken.refused).toBe("full");
    expect(taken.held.map(({ name }) => name).sort()).toEqual(["one", "three", "two"]);
    for (const { created, expires } of taken.held)
      expect(expires.getTime() - created.getTime()).toBe(3_600_000);
    await empty();
  });

  it("are changed only as they were read", async () => {
    const held = (await slots.take(tenancy("mine"), TAKE_ARGS)) as Held;
    const later = await slots.update(held, { state: "up" });
    expect(later.created).toEqual(held.created);
    await expect(slots.update(held, { state: "failed" })).rejects.toThrow(LostSlot);
    expect(await slots.release(held)).toBe(false);
    expect(await slots.release(later)).toBe(true);
  });
});

function isHeld(result: Held | Taken): result is Held {
  return !("refused" in result);
}

async function empty(): Promise<void> {
  for (const held of await slots.held()) await slots.release(held);
}
