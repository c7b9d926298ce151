import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostOf, locksIn, tryOf, whyHeld } from "../../../operations/deployment/lock.ts";
import { refusal, SINCE } from "./pulumi-stand-in.ts";

describe("the locks that Pulumi tells of", () => {
  it("are known by user, machine and time", () => {
    expect(
      locksIn(`Updating (stage):\n${refusal("runner@packit-deploy-12-1", "a b@c@host.example.com")}`),
    ).toEqual([
      { user: "runner", host: "packit-deploy-12-1", since: SINCE },
      { user: "a b@c", host: "host.example.com", since: SINCE },
    ]);
  });

  it.each([
    ["another failure", "error: Unauthorized"],
    ["another backend", "error: [409] Conflict: Another update is currently in progress."],
    ["fewer than are counted", refusal("runner@packit-deploy-12-1").replace("by 1 lock", "by 2 lock")],
    ["words of another form", refusal("runner@packit-deploy-12-1").replace("(pid 7)", "")],
  ])("are none with %s", (_, said) => {
    expect(locksIn(said)).toBeUndefined();
  });
});

describe("a lock", () => {
  const ended = async () => true;

  it("is known by the machine's name to be of a try", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.integer({ min: 1, max: 99 }), (run, attempt) => {
        expect(tryOf(hostOf({ run, attempt }))).toEqual({ run, attempt });
        // What Linux takes for the name of a machine.
        expect(hostOf({ run, attempt }).length).toBeLessThanOrEqual(64);
      }),
    );
  });

  it.each([
    "ada-laptop",
    "packit-deploy-12",
    "packit-deploy-12-1.example.com",
    "my-packit-deploy-12-1",
    "packit-deploy-012-1",
    "",
  ])("of %j is a person's, and keeps all others, too", async (host) => {
    const locks = [hostOf({ run: 12, attempt: 1 }), host].map((name) => ({
      user: "ada",
      host: name,
      since: SINCE,
    }));
    expect(await whyHeld(locks, ended)).toBe(
      `ada@${host} has locked it since ${SINCE}, which is no run of the workflow`,
    );
  });

  it("of a try is left over once that has ended, and not before", async () => {
    const locks = [1, 2].map((attempt) => ({
      user: "runner",
      host: hostOf({ run: 12, attempt }),
      since: SINCE,
    }));
    expect(await whyHeld(locks, ended)).toBeUndefined();
    expect(await whyHeld(locks, async ({ attempt }) => attempt === 1)).toMatch("run 12 of the workflow");
  });
});
