import { describe, expect, it } from "vitest";
import { DIGEST_ANNOTATION } from "../../kubernetes/digest-annotation.ts";
import { evaluate } from "../../render/evaluate.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { holdsMark } from "../support/marks.ts";
import { registered } from "../support/registered.ts";
import { allTemplates, objectsOf, settingsOf } from "../support/stacks.ts";
import { switched } from "../support/switches.ts";

/** Whatever reads a secret is there. */
const EVERYTHING = {
  ...switched("withTokman", "withRedisCommander", "withFluentdSidecar"),
  hosts: { redisCommander: "redis.stg.packit.dev" },
};

const PLATFORMS = ["managed-platform", "openshift", "kubernetes"];

describe("a secret", () => {
  it.each(
    PLATFORMS,
  )("stands on the platform %s in the contents of Secrets, and in nothing else", async (platform) => {
    const objects = await objectsOf("stage", { ...EVERYTHING, platform });
    const showing = objects.filter(({ kind, ...rest }) => {
      const { data: _, ...others } = rest as Anything;
      return holdsMark(JSON.stringify(kind === "Secret" ? others : rest));
    });
    expect(showing.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
    expect(objects.filter(isMarkedSecret).length).toBeGreaterThan(8);
  });

  it("is one to Pulumi wherever it is told of it, so that no preview, log or state shows it", async () => {
    const resources = await registered(EVERYTHING);
    const showing = resources.filter(({ object }) => holdsMark(JSON.stringify(withoutSecrets(object))));
    expect(showing.map(({ name }) => name)).toEqual([]);
    const hiding = resources.filter(({ object }) => holdsMark(JSON.stringify(object)));
    expect(hiding.length).toBeGreaterThan(8);
  });

  it("is all that a Secret holds to Pulumi, be it generated or given", async () => {
    const secrets = (await registered(EVERYTHING)).filter(({ type }) => type.endsWith(":Secret"));
    for (const { name, object } of secrets) expect(withoutSecrets(object.data), name).toBe(HIDDEN);
  });
});

describe("the digest by which a pod is rolled", () => {
  it("tells nobody who lacks its key what a secret is, however short that may be", async () => {
    const digests = async (key: string) => {
      const generate = ({ name }: { name: string }) => (name.endsWith("-digest") ? key : name);
      const objects = await evaluate(settingsOf("stage", EVERYTHING), { generate, secrets: { keep: true } });
      const pods = [...allTemplates(objects).values()];
      return pods.flatMap(({ metadata }) => metadata.annotations?.[DIGEST_ANNOTATION] ?? []);
    };
    const [one, other] = [await digests("one"), await digests("other")];
    expect(one.length).toBeGreaterThan(9);
    expect(one.filter((digest) => other.includes(digest))).toEqual([]);
  });
});

function isMarkedSecret({ kind, data }: KubernetesObject): boolean {
  return kind === "Secret" && holdsMark(JSON.stringify(data));
}

const HIDDEN = "hidden";

/** By these, Pulumi's wire format tells a secret from a map of somebody's. */
const SIGNATURE = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/** A value as it travels to the engine, without what that knows to be secret. */
function withoutSecrets(value: Anything): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value[SIGNATURE[0]] === SIGNATURE[1]) return HIDDEN;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one)]));
}
