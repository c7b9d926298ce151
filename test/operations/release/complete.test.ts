import { describe, expect, it } from "vitest";
import { World } from "../../support/release/world.ts";

describe("a release, from start to publish", { timeout: 60_000 }, () => {
  it("is done unattended with --yes", async () => {
    const world = await World.make();
    const { exitCode } = await world.run(["start", "--yes"]);
    expect(exitCode).toBe(0);
  });
});
