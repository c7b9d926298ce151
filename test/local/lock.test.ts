import { describe, expect, it, vi } from "vitest";
import { until } from "../../cluster/until.ts";
import { withLock } from "../../local/lock.ts";
import { temporaryFolder } from "../support/folder.ts";

describe("a lock", () => {
  it("lets one in at a time, and tells the other that it waits", async () => {
    const folder = temporaryFolder();
    const onWait = vi.fn();
    const order: string[] = [];
    const { promise: leave, resolve } = Promise.withResolvers<void>();
    const first = withLock({ folder, limitSeconds: 10, onWait }, async () => {
      order.push("first in");
      await leave;
      order.push("first out");
    });
    await until(async () => order.length === 1, { what: "the first to be in", limitSeconds: 5 });
    const second = withLock({ folder, limitSeconds: 10, onWait }, async () => void order.push("second in"));
    await until(async () => onWait.mock.calls.length === 1, { what: "the second to wait", limitSeconds: 5 });
    resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(["first in", "first out", "second in"]);
  });

  it("is free again after a failure", async () => {
    const args = { folder: temporaryFolder(), limitSeconds: 1, onWait: () => {} };
    await expect(withLock(args, () => Promise.reject(new Error("inside")))).rejects.toThrow("inside");
    expect(await withLock(args, async () => "free")).toBe("free");
  });

  it("says who is in the way when it is held for too long", async () => {
    const args = { folder: temporaryFolder(), limitSeconds: 1, onWait: () => {} };
    const held = withLock(args, () => withLock(args, async () => {}));
    await expect(held).rejects.toThrow(/Another run has held .* for 1 s/);
  });
});

describe("a wait", () => {
  it("that is over its limit says what was awaited", async () => {
    const never = until(async () => false, { what: "the moon", limitSeconds: 0.2, everyMs: 10 });
    await expect(never).rejects.toThrow("Waited 0.2 s for the moon.");
  });
});
