import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OWN_IMAGES, type OwnImage } from "../../../components/own-images.ts";
import { namesPods } from "../../../components/sandbox/refusals.ts";
import { referenceOf } from "../../../operations/test-instances/actions-builder.ts";
import { checkedName } from "../../../operations/test-instances/name.ts";
import { imageReference } from "../../../schema/image-reference.ts";
import { POOL } from "../../support/pool.ts";

const tag = (length: number, letter = "t") => `quay.io/packit/sandcastle:${letter.repeat(length)}`;

describe("a sandbox's image", () => {
  it.each([
    "quay.io/packit/sandcastle:stg",
    "quay.io/packit/sandcastle:prod",
    `quay.io/packit/sandcastle@sha256:${"0".repeat(64)}`,
    `quay.io/packit/sandcastle:UPPER@sha256:${"0".repeat(64)}`,
    "REG.io/some/very/long/folder/that/pushes/it/out/sandcastle:1",
    "quay.io/packit/sandcastle:a_",
    tag(14),
    tag(37),
    tag(128),
  ])("may be %s", (reference) => expect(namesPods(reference)).toBe(true));

  it.each([
    "quay.io/packit/sandcastle:PR-12",
    "REG.io/sandcastle:1",
    "[::1]:5000/sandcastle:1",
    tag(15),
    tag(18),
    tag(25),
    tag(36),
    tag(40, "T"),
  ])("may not be %s", (reference) => {
    expect(imageReference.safeParse(reference).success).toBe(true);
    expect(namesPods(reference)).toBe(false);
  });
});

describe("an image that GitHub's workflow builds", () => {
  const names = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,34}[a-z0-9])?$/).filter((name) => {
    try {
      return checkedName(name, POOL) === name;
    } catch {
      return false;
    }
  });

  it("has a reference that sandcastle can name pods by, whatever the instance is called", () => {
    const images = fc.constantFrom(...(Object.keys(OWN_IMAGES) as OwnImage[]));
    const registries = fc.constantFrom("quay.io/packit", "localhost:5000", "REG.io/some/folder");
    fc.assert(
      fc.property(registries, names, images, fc.string(), (registry, name, image, inputs) => {
        const reference = referenceOf(registry, name, image, inputs);
        expect(imageReference.safeParse(reference).success).toBe(true);
        expect(namesPods(reference)).toBe(true);
      }),
    );
  });
});
