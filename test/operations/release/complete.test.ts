import { describe, expect, it } from "vitest";
import { World } from "../../support/release/world.ts";

describe("a release, from start to publish", { timeout: 60_000 }, () => {
  it("is done unattended with --yes", async () => {
    const world = await World.make();
    const { exitCode, stdout, stderr } = await world.run(["start", "--yes"]);
    console.log(stdout, stderr);
    expect(exitCode).toBe(0);
    console.log(JSON.stringify(world.outside, null, 1));
    console.log((await world.run(["status"])).stdout);
  });
});
