import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { maskedOf } from "../../render/masked.ts";
import type { Anything } from "../support/anything.ts";
import { holdsMark } from "../support/marks.ts";
import { configOf, find, objectsOf } from "../support/stacks.ts";

const secure = (text: string) => ({ secure: `v1:${text}` });

async function textOf(secrets: object, secret: string, key: string, more: object = {}): Promise<string> {
  const { objects } = await maskedOf(configOf("stage", { secrets, ...more }));
  return find(objects, "Secret", secret).stringData[key];
}

describe("a stack with masked secrets", () => {
  it.each([
    "stage",
    "prod",
    "fedora-ci",
  ])("%s has the Secrets and keys as they are, and no value", async (stack) => {
    const { objects } = await maskedOf(configOf(stack));
    const keysOf = (all: readonly KubernetesObject[], field: string) =>
      all
        .filter(({ kind }) => kind === "Secret")
        .map((one: Anything) => [one.metadata.name, Object.keys(one[field])]);
    expect(keysOf(objects, "stringData")).toEqual(keysOf(await objectsOf(stack), "data"));
    expect(holdsMark(JSON.stringify(objects))).toBe(false);
  });

  it("has the text of a file around its secrets", async () => {
    const text = await textOf({}, "packit-config", "packit-service.yaml");
    expect(text).toContain(`"deployment": "stg"`);
    expect(text).toContain("<secret forgeTokens gitlab.com>");
  });

  it("has another word for a secret that is given anew, and the same one otherwise", async () => {
    const words = await Promise.all(
      ["a", "a", "b"].map((text) => textOf({ keytab: secure(text) }, "packit-secrets", "fedora.keytab")),
    );
    expect(words[0]).toMatch(/^<secret keytab [0-9a-f]{8}>$/);
    expect(words[1]).toBe(words[0]);
    expect(words[2]).not.toBe(words[0]);
  });

  it("has another word for a secret that is made anew, and a hash of it is no hash", async () => {
    const none = { flowerPassword: undefined };
    const again = { generations: { flowerPassword: 2 } };
    expect(await textOf(none, "flower", "password")).toBe("<secret flowerPassword>");
    expect(await textOf(none, "flower", "password", again)).toBe("<secret flowerPassword, generation 2>");
    const hashes = [
      await textOf(none, "flower-htpasswd", "htpasswd"),
      await textOf(none, "flower-htpasswd", "htpasswd", again),
    ];
    expect(hashes[0]).toMatch(/^flower-boss:<bcrypt [0-9a-f]{8}>$/m);
    expect(hashes[1]).not.toBe(hashes[0]);
  });
});
