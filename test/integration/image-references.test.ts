import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageReference } from "../../schema/image-reference.ts";
import { near } from "../support/near.ts";
import { goProgram } from "./go.ts";

const reader = await goProgram("image-references");

const HEX = "0123456789abcdef";
const RIGHT = [
  "quay.io/packit/packit-worker:stg",
  "valkey:8",
  "docker.io/valkey:8",
  "localhost/a:1",
  "reg.io:5000/a__b/c---d:T_1",
  "[fe80::1]:5000/a:1",
  "UPPER/a:1",
  `quay.io/x@sha256:${HEX.repeat(4)}`,
  `docker.io/valkey/valkey:8@sha256:${HEX.repeat(4)}`,
  `x@sha384:${HEX.repeat(6)}`,
  `x:1@sha512:${HEX.repeat(8)}`,
];
const LONG = fc
  .tuple(
    fc.constantFrom("", "x/", "quay.io/", "docker.io/", "index.docker.io/x/"),
    fc.integer({ min: 244, max: 257 }),
  )
  .map(([before, length]) => `${before}${"a".repeat(length)}:1`);

/** Ports are numbers without an end to container runtimes' grammar, and to nothing that would connect to them. */
const hasNoSuchPort = (text: string) => {
  const port = /^[^/]*:(\d+)\//.exec(text)?.[1];
  return port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535);
};

describe.skipIf(reader.missing)("an image's reference", () => {
  it("is taken exactly if container runtimes take it, and a port can be that of a registry", async () => {
    const examples = fc.oneof(
      { weight: 9, arbitrary: near(RIGHT, "aZ09.:/@_-[]+") },
      { weight: 1, arbitrary: LONG },
    );
    const texts = [...new Set(fc.sample(examples, 3000))];
    const taken = await reader.ask<boolean[]>(texts);
    const differ = texts.filter((text, i) => {
      const there = (taken[i] ?? false) && !hasNoSuchPort(text);
      return imageReference.safeParse(text).success !== there;
    });
    expect(differ).toEqual([]);
    expect(new Set(taken)).toEqual(new Set([true, false]));
  });
});
