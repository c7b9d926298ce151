import { describe, expect, it } from "vitest";
import { GENERATED as ALL } from "../../../components/catalogue.ts";
import { registered } from "../../support/registered.ts";
import { find, objectsOf, templates } from "../../support/stacks.ts";

const GENERATED = {
  secrets: { postgresPassword: undefined, valkeyPassword: undefined, fedoraMessagingQueue: undefined },
};

describe("another generation of a generated secret", () => {
  it.each([
    ["postgresPassword", "postgres-secret", "database-password", "postgres"],
    ["valkeyPassword", "valkey", "password", "valkey"],
  ])("of %s is a new value, and rolls those that read it", async (name, secret, key, stem) => {
    const [one, two] = await Promise.all(
      [1, 2].map((generation) => objectsOf("stage", { ...GENERATED, generations: { [name]: generation } })),
    );
    const value = (objects: typeof one) =>
      Buffer.from(find(objects ?? [], "Secret", secret).data[key], "base64");
    expect(String(value(one))).toBe(`generated-packit-passwords-${stem}`);
    expect(String(value(two))).toBe(`generated-packit-passwords-${stem}-2`);
    const rolled = [...templates(one ?? [])].filter(
      ([workload, template]) =>
        JSON.stringify(template) !== JSON.stringify(templates(two ?? []).get(workload)),
    );
    expect(rolled.map(([workload]) => workload)).toContain("packit-service");
    expect(rolled.map(([workload]) => workload)).not.toContain("nginx");
  });

  it("is a new queue on the message bus for the listener", async () => {
    const objects = await objectsOf("stage", { ...GENERATED, generations: { fedoraMessagingQueue: 3 } });
    const toml = Buffer.from(find(objects, "Secret", "packit-config").data["fedora.toml"], "base64");
    expect(String(toml)).toContain('queue = "generated-packit-passwords-queue-3"');
  });

  it("is kept beside the former ones, of which Pulumi refuses to lose the database's first alone", async () => {
    const names = [...ALL];
    const each = (value: unknown) => Object.fromEntries(names.map((name) => [name, value]));
    const made = (
      await registered({
        secrets: each(undefined),
        generations: each(3),
        withPostgresExporter: true,
      })
    ).filter(({ type, name }) => type.startsWith("random:") && !name.endsWith("-digest"));
    const stems = made.flatMap(({ name }) => (/-\d$/.test(name) ? [] : [name]));
    expect(stems).toHaveLength(names.length);
    expect(made.map(({ name }) => name).sort()).toEqual(
      stems.flatMap((stem) => [stem, `${stem}-2`, `${stem}-3`]).sort(),
    );
    const kept = made.filter(({ protect }) => protect).map(({ name }) => name);
    expect(kept).toEqual(["packit-passwords-postgres"]);
  });
});

describe("a generated password", () => {
  it("is of letters and digits alone, which no address and no file must quote, and too long to be guessed", async () => {
    const none = Object.fromEntries(NAMES.map((name) => [name, undefined]));
    const all = await registered({ secrets: none, withRedisCommander: true });
    const passwords = all.filter(({ type }) => type === "random:index/randomPassword:RandomPassword");
    expect(passwords.length).toBeGreaterThan(1);
    for (const { name, object } of passwords) {
      expect(object, name).toMatchObject({ special: false });
      // Each character of 62 adds 5.95 bits.
      expect(object.length * 5.95, name).toBeGreaterThan(128);
    }
  });
});

const NAMES = ["webhookSecret", "gitlabTokenSecret", "valkeyPassword", "flowerPassword"];
