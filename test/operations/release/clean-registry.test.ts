import { describe, expect, it } from "vitest";
import { cleanRegistry } from "../../../operations/release/steps/clean-registry.ts";
import { Stopped } from "../../../operations/release/stopped.ts";
import { inProcess } from "../../support/release/in-process.ts";
import { World } from "../../support/release/world.ts";

describe("old tags", () => {
  it("that were agreed to are removed later too, and no others with them", async () => {
    const world = await World.make();
    const { oldTags } = world.services;
    const old = (image: string, name: string, days: number) => oldTags.push({ image, name, days });
    old("packit-worker", "stable-0000001-1", 90);
    old("packit-worker", "stable-0000002-1", 30);
    world.services.refuses = (line) => (line.startsWith("quay DELETE") ? 403 : undefined);
    await expect(cleanRegistry.run(inProcess(world))).rejects.toThrow("refuses the token in QUAY_TOKEN");
    world.services.refuses = () => undefined;
    const alone = () => cleanRegistry.run(inProcess(world, { asker: { mode: "nobody" } }));
    const agreed = oldTags.splice(0);
    old("packit-service", "stable-0000008-9", 70);
    old("packit-service", "stable-0000009-9", 30);
    await expect(alone()).rejects.toThrow(Stopped);
    expect(world.outside.removed).toEqual([]);
    oldTags.splice(0, 2, ...agreed);
    expect([await alone(), world.outside.removed]).toEqual(["1 tags", ["packit-worker:stable-0000001-1"]]);
  });
});
