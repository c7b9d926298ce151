import { describe, expect, it } from "vitest";
import { objectsOf } from "../support/stacks.ts";
import { DIFFERENT, OBJECTS, type Variant } from "./objects.ts";

/** The parts that the predecessor has, but no stack of Packit's switches on. */
const OPTIONAL = {
  withTokman: true,
  withRedisCommander: true,
  withFluentdSidecar: true,
  fluentd: { splunkHost: "splunk.example.com" },
  hosts: { redisCommander: "redis.stg.packit.dev" },
};

const STACKS = {
  "packit-prod": () => objectsOf("prod"),
  "packit-stg": () => objectsOf("stage"),
  "packit-stg-unmanaged": () => objectsOf("stage", { platform: "openshift" }),
  "packit-stg-optional": () => objectsOf("stage", OPTIONAL),
} satisfies Record<Variant, unknown>;

describe.each(Object.entries(STACKS))("%s", (variant, objects) => {
  it("has every object of the predecessor by kind and name, but for those that are deliberately different", async () => {
    const have = (await objects()).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    const wanted = Object.entries(OBJECTS).flatMap(([kind, names]) =>
      Object.entries(names)
        .filter(([, variants]) => variants.includes(variant as Variant))
        .map(([name]) => `${kind}/${name}`),
    );
    expect(wanted.length).toBeGreaterThan(40);
    const missing = wanted.filter((name) => !have.includes(name));
    expect(missing.filter((name) => !(name in DIFFERENT))).toEqual([]);
    // What stands in the place of an object is there.
    const instead = missing.flatMap((name) => DIFFERENT[name]?.now ?? []);
    expect(instead.filter((name) => !have.includes(name))).toEqual([]);
    // A difference that is none any more goes from the list.
    expect(have.filter((name) => DIFFERENT[name]?.always)).toEqual([]);
  });
});
