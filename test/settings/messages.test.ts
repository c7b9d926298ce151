import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { schema } from "../../components/schema.ts";
import { UserError } from "../../errors.ts";
import { evaluate } from "../../render/evaluate.ts";
import { coerced } from "../../settings/coerce.ts";
import { exampleOf } from "../../settings/example.ts";
import { loadSettings } from "../../settings/load.ts";
import { formatPath, type Path } from "../../settings/path.ts";
import { unwrap } from "../../settings/schema-walk.ts";
import { type StackConfig, StackFile } from "../../settings/stack-file.ts";
import { PROJECT_FORM } from "../../settings/stack-form.ts";
import { MARK } from "../support/marks.ts";
import { configOf, ROOT } from "../support/stacks.ts";

type Schema = z.core.$ZodType;

interface Setting {
  readonly path: Path;
  /** With its default and whatever else is around it. */
  readonly wrapped: Schema;
  /** Whether it is an item of a list or a value of a map, of which there can be none. */
  readonly isItem: boolean;
}

const STAGE = configOf("stage");

/** Every setting, and every map and list of settings. */
const SETTINGS = settingsOf(schema, []).slice(1);

describe("every setting", () => {
  it("takes the example that messages give of it", () => {
    const wrong = SETTINGS.filter(({ wrapped }) => {
      const example = exampleOf(wrapped);
      return example === undefined || !z.safeParse(wrapped, coerced(wrapped, example)).success;
    });
    expect(wrong.map(({ path }) => formatPath(path))).toEqual([]);
  });

  it("has an example of its own kind", () => {
    // These are what the forms are shown by that all others share.
    const own = ["packit:namespace", "packit:identity.fasUser", "packit:testInstances.identities[0].fasUser"];
    const shared = ["packit-stg", "packit--stg"];
    const borrowed = SETTINGS.filter(({ wrapped }) => shared.includes(String(exampleOf(wrapped))));
    expect(borrowed.map(({ path }) => formatPath(path))).toEqual(own);
  });

  it("is told of alone when it is the only one that is wrong, with what is allowed and what to do", () => {
    const found = SETTINGS.flatMap(({ path, wrapped }) =>
      wrongValues(unwrap(wrapped)).flatMap((value) => {
        const blocks = blocksOf(path, value);
        const [block = ""] = blocks;
        const isRight = blocks.length === 1 && isAt(block, path) && isOfUse(block);
        return isRight ? [] : [{ path: formatPath(path), value, blocks }];
      }),
    );
    expect(found.slice(0, 5)).toEqual([]);
  });

  it("is told of alone when it is missing and must be there", () => {
    const needed = SETTINGS.filter(
      ({ path: [first], wrapped, isItem }) =>
        // What an entry that is there by default does not say is added.
        first !== "forges" &&
        wrapped._zod.optin === undefined &&
        !isItem &&
        !(unwrap(wrapped) instanceof z.ZodObject),
    );
    expect(needed.length).toBeGreaterThan(15);
    const found = needed.flatMap(({ path, wrapped }) => {
      const blocks = blocksOf(path, undefined);
      const command = `pulumi config set --path '${formatPath(path)}' ${exampleOf(wrapped)}`;
      const isRight = blocks.length === 1 && blocks[0]?.includes(command);
      return isRight ? [] : [{ path: formatPath(path), blocks }];
    });
    expect(found.slice(0, 5)).toEqual([]);
  });
});

function isAt(block: string, path: Path): boolean {
  return block.split("\n")[0]?.endsWith(`  ${formatPath(path)}`) === true;
}

/** Whether a message tells in words of its own what is allowed, and something to do. */
function isOfUse(block: string): boolean {
  const [, , allowed = "", remedy = ""] = block.split("\n").map((line) => line.slice("    allowed  ".length));
  const isVague = /correct it|\bVALUE\b|undefined|\[object|^$/.test(remedy);
  return !isVague && !/invalid|expected|too (big|small)|^$/i.test(allowed);
}

/** The messages about stage with one setting of its own. */
function blocksOf(path: Path, value: unknown): string[] {
  try {
    loadSettings(withValue(path, value), { kind: "redacted" });
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.message.split("\n\n").slice(1);
    throw error;
  }
}

function withValue(path: Path, value: unknown) {
  // The Managed Platform has no builds, which is told besides.
  const platform = path[0] === "imageBuilds" ? { platform: "openshift", storageClass: "gp3" } : {};
  const copy: Record<string, unknown> = { ...structuredClone(STAGE.values), ...platform };
  let at = copy as Record<string | number, unknown>;
  path.slice(0, -1).forEach((step, i) => {
    at[step] ??= around(path.slice(0, i + 1));
    at = at[step] as Record<string | number, unknown>;
  });
  const last = path.at(-1) ?? "";
  if (value === undefined) delete at[last];
  else at[last] = value;
  return { ...STAGE, values: copy };
}

/** What a setting stands in, where stage has nothing there: the example of a map or a list. */
function around(path: Path): unknown {
  const found = SETTINGS.find(({ path: one }) => isSame(one, path));
  if (found === undefined) throw new Error(`there is no setting ${path.join(".")}`);
  const bare = unwrap(found.wrapped);
  const needsNothing = bare instanceof z.ZodObject && z.safeParse(found.wrapped, {}).success;
  return bare instanceof z.ZodRecord || needsNothing ? {} : structuredClone(exampleOf(found.wrapped));
}

function isSame(one: Path, other: Path): boolean {
  return one.join("\n") === other.join("\n");
}

/** Values of other kinds, and of other forms, than a setting's. */
function wrongValues(bare: Schema): unknown[] {
  if (bare instanceof z.ZodObject) return ["text", true, ["x"]];
  if (bare instanceof z.ZodRecord) return ["text", true, ["x"]];
  if (bare instanceof z.ZodArray) return ["text", 5, { x: "y" }];
  if (bare instanceof z.ZodBoolean) return ["maybe", 2, {}];
  if (bare instanceof z.ZodNumber || bare instanceof z.ZodLiteral) return ["many", -1, 0.5, { x: 1 }];
  if (bare instanceof z.ZodEnum) return ["nonsense", true, ["x"]];
  if (bare instanceof z.ZodUnion) return [" ", 0.5, ["x"]];
  // Some take any text; none takes one with a line's end at its start.
  const texts = z.safeParse(bare, "\n").success
    ? []
    : ["", " x "].filter((text) => !z.safeParse(bare, text).success);
  return [...texts, { x: "y" }, ["x"]];
}

function settingsOf(wrapped: Schema, path: Path, isItem = false): Setting[] {
  const bare = unwrap(wrapped);
  const own = { path, wrapped, isItem };
  if (bare instanceof z.ZodObject) {
    const fields = Object.entries(bare.shape) as [string, Schema][];
    return [own, ...fields.flatMap(([name, field]) => settingsOf(field, [...path, name]))];
  }
  if (bare instanceof z.ZodArray) return [own, ...settingsOf(bare.element, [...path, 0], true)];
  return bare instanceof z.ZodRecord
    ? [own, ...settingsOf(bare.valueType, [...path, keyOf(bare, path)], true)]
    : [own];
}

/** A key that a map has already, so that no token is asked for a new forge; else the example of one. */
function keyOf({ keyType }: z.ZodRecord, [first]: Path): string {
  return first === "forges" ? "gitlab.com" : String(exampleOf(keyType));
}

describe("messages", () => {
  it.each([
    ["tls", "passthru", { tlsCertificate: undefined, tlsPrivateKey: undefined }],
    ["role", "fedora", { copr: undefined, githubAppId: undefined, githubAppPrivateKey: undefined }],
    ["forges", "text", { forgeTokens: { "gitlab.gnome.org": "token" } }],
    ["forges", { "gitlab.gnome.org": "text" }, { forgeTokens: { "gitlab.gnome.org": "token" } }],
    ["withFluentdSidecar", "maybe", { splunkToken: undefined }],
  ])("tell of %s that is wrong, and not of secrets that it decides on", (key, value, secrets) => {
    const { values } = configOf("stage", { secrets });
    const message = messageOf({ stack: "stage", values: { ...values, [key]: value } });
    expect(message).toMatch(/^stack stage: 1 setting is wrong/);
    expect(message).toContain(`packit:${key}`);
  });

  it("tell of the limits that are wrong, and nothing of the requests that are compared with them", () => {
    const resources = { limits: { memory: 512, cpu: 0.5 } };
    for (const path of [
      ["service", "resources"],
      ["workers", "generic", "resources"],
    ])
      expect(blocksOf(path, resources).map((block) => block.split("\n")[0])).toEqual(
        ["cpu", "memory"].map((name) => `  stack stage  ${formatPath([...path, "limits", name])}`),
      );
  });

  it.each([
    [
      "postgres.storage",
      "8Gi",
      "rm 'packit:postgres.storage', then pulumi config set --path 'packit:postgres.storage' 2Gi",
    ],
    ["workers.longRunning.replicas", 3, "config set --path 'packit:workers.longRunning.replicas' 1"],
    [
      'forges["gitlab.gnome.org"].type',
      "gitlab",
      "config set --path 'packit:forges[\"gitlab.gnome.org\"].type' gitlab",
    ],
    ["defaultTolerations[0].key", "env", "config set --path 'packit:defaultTolerations[0].key' env"],
    [
      "secrets.copr",
      MARK,
      "rm 'packit:secrets.copr', then pulumi config set --secret --path 'packit:secrets.copr'",
    ],
    ["postgres.storag", "8Gi", "remove it"],
  ])("know a key that was set without --path: %s", (key, value, remedy) => {
    const [block = "", ...more] = blocksOf([key], value);
    expect(more).toEqual([]);
    expect(block).toContain(remedy);
    expect(block).not.toContain(MARK);
  });

  it("are headed by the files in which the mistakes are, and mend what all stacks share in its own", () => {
    const text =
      "name: packit\nconfig:\n  packit:testInstances:\n    default: { domain: apps.example.com, storageClass: standard }\n";
    const project = new StackFile("Pulumi.yaml", text, PROJECT_FORM);
    const { stack, values } = configOf("stage");
    const own = (line: string) => new StackFile("Pulumi.bad.yaml", `config:\n${line}\n`);
    const all = { stack, values: { ...values, ...project.values() }, project };
    const shared = messageOf({ ...all, file: own("") });
    expect(shared).toMatch(/^Pulumi\.yaml: 1 setting is wrong; nothing was applied/);
    expect(shared).toContain("  Pulumi.yaml:4  packit:testInstances.kubeContext");
    expect(shared).toContain(
      "add it to Pulumi.yaml, below packit:testInstances.default, as kubeContext: packit-test",
    );
    expect(shared).not.toContain("pulumi config set");
    const both = { ...all, values: { ...all.values, namespace: "A" }, file: own("  packit:namespace: A") };
    expect(messageOf(both)).toMatch(/^Pulumi\.bad\.yaml and Pulumi\.yaml: 2 settings are wrong/);
  });

  it("of warnings come once: those who show them are told, and the program says nothing", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const { stack, values } = configOf("stage", { secretRecords: { copr: { expires: soon } } });
    const settings = loadSettings({ stack, values }, { kind: "given", root: ROOT });
    await evaluate(settings, { generate: () => "x", secrets: { replaceBy: "x" } });
    expect(settings.warnings.filter((line) => line.includes("packit:secrets.copr"))).toHaveLength(1);
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });

  function messageOf(config: StackConfig): string {
    try {
      loadSettings(config, { kind: "given", root: ROOT });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }
});
