import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { UserError } from "../../errors.ts";
import { checkedName } from "../../operations/test-instances/name.ts";
import { parseReferences, REPOSITORIES, showReference } from "../../operations/test-instances/reference.ts";
import { type RequestWords, readRequest } from "../../operations/test-instances/request.ts";
import { readStackFile } from "../../settings/stack-file.ts";
import { knownStacks } from "../../settings/stacks.ts";
import { hostOf, namespacesOf, PART_NAMES, testInstanceConfig } from "../../settings/test-instance.ts";
import { project } from "../support/cli.ts";
import { POOL } from "../support/pool.ts";
import { configOf, ROOT } from "../support/stacks.ts";

const WORDS: RequestWords = {
  references: ["packit-service=614"],
  base: "stage",
  with: [],
  without: [],
  images: [],
};

/** An instance of any kind, to ask for what is named after it. */
const INSTANCE = {
  base: configOf("stage"),
  pool: POOL,
  fasUser: "packit-test",
  secrets: {},
  images: {},
  // Every part has its entry.
  parts: Object.fromEntries(PART_NAMES.map((name) => [name, true])),
};

describe("a request", () => {
  it.each([
    [["packit-service=614"], "ps-614"],
    [["packit-service=800", "ogr=123"], "ps-800-ogr-123"],
    [["packit=456", "deployment=321"], "packit-456-deployment-321"],
    [["ogr=me/ogr:branch:Fix/One"], "ogr-fix-one"],
    [["specfile=commit:0123abc"], "specfile-0123abc"],
  ])("for %j has the name %s", (references, name) => {
    expect(readRequest({ ...WORDS, references }, POOL).name).toBe(name);
  });

  it("has a name of what is on test, which fits wherever it is part of another one", () => {
    const number = fc.integer({ min: 1, max: 999_999_999 });
    const repositories = fc.subarray([...REPOSITORIES], { minLength: 1 });
    fc.assert(
      fc.property(repositories, number, (names, n) => {
        const { name, references } = readRequest(
          { ...WORDS, references: names.map((one) => `${one}=${n}`) },
          POOL,
        );
        for (const one of namespacesOf(name)) expect(one).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
        expect(hostOf(`${name}-dashboard`, POOL).split(".")[0]?.length).toBeLessThanOrEqual(63);
        expect(parseReferences(references.map(showReference))).toEqual(references);
      }),
    );
  });

  it("has the usual parts, those that are on test, and those that are asked for", () => {
    const { parts } = readRequest(
      { ...WORDS, references: ["dashboard=5"], with: ["flower"], without: ["beat"] },
      POOL,
    );
    expect(Object.entries(parts).flatMap(([name, there]) => (there ? name : []))).toEqual([
      "fedmsg",
      "dashboard",
      "flower",
      "sandbox",
    ]);
  });

  it("has no name whose namespaces, hosts or commands are another one's", () => {
    const { values } = testInstanceConfig({ ...INSTANCE, name: "x" });
    const hosts = Object.values(values.hosts as Record<string, string>);
    const taken = [
      ...hosts.map((host) => host.split(".")[0] ?? ""),
      ...namespacesOf("x").map((one) => one.slice("packit-test-".length)),
    ].filter((name) => name !== "x");
    expect([...new Set(taken)].sort()).toEqual(["x-builds", "x-dashboard", "x-sandbox", "x-workers"]);
    for (const name of [...taken, "stg", "ci", "ci-stg"])
      expect(() => readRequest({ ...WORDS, name }, POOL), name).toThrow(/does not do/);
  });

  it.each<[string, Partial<RequestWords>, string]>([
    ["nothing", { references: [] }, "Name what to put on test"],
    ["an unknown repository", { references: ["packit-servce=1"] }, "Did you mean packit-service?"],
    ["a retired one", { references: ["packit-service-centosmsg=1"] }, "packit-service-centosmsg is retired"],
    ["one twice", { references: ["ogr=1", "ogr=2"] }, "ogr is named twice"],
    ["a reference without its end", { references: ["ogr"] }, '"ogr" is no reference'],
    ["a reference of no form", { references: ["ogr=pull:1"] }, '"ogr=pull:1" is not understood'],
    ["a pull request 0", { references: ["ogr=0"] }, "is not understood"],
    ["a branch that leads elsewhere", { references: ["ogr=branch:../x"] }, "is not understood"],
    ["a third base", { base: "dev" }, '--base is "dev". It takes stage or prod.'],
    ["a life without a unit", { ttl: "8" }, '--ttl is "8"'],
    ["a life that is too long", { ttl: "90h" }, "90h is longer than an instance may live, 72h"],
    ["a name that is no label", { name: "Mine_1" }, 'The name "Mine_1" does not do'],
    ["a name that is another's sandbox", { name: "x-sandbox" }, "-sandbox not at the end"],
    ["a name like stage's commands", { name: "x-stg" }, "-stg not at the end"],
    ["Fedora CI's own command word", { name: "fedora-ci" }, "/packit-fedora-ci starts others' commands"],
    ["a name that is a stack's", { name: "stage" }, "stage is a stack of this project"],
    ["a name of a slot", { name: "slot-2" }, "slots are called so"],
    ["an account that leads elsewhere", { references: ["ogr=../x:1"] }, "is not understood"],
    ["an account of an option's form", { references: ["ogr=--x/ogr:1"] }, "is not understood"],
    ["a name like Fedora CI's commands", { name: "ci-one" }, "/packit-ci-one starts others' commands"],
    [
      "the name of the pool's own namespace",
      { name: "instances" },
      "packit-test-instances is the pool's own namespace",
    ],
    ["a long name", { name: "x".repeat(37) }, "at most 36"],
    ["an unknown part", { with: ["flour"] }, "Did you mean flower?"],
    ["a part with and without", { with: ["beat"], without: ["beat"] }, "--with and --without both name beat"],
    ["an unknown image", { images: ["srvice=quay.io/x/y:1"] }, '--image "srvice=quay.io/x/y:1"'],
    ["an image without a tag", { images: ["service=quay.io/x/y"] }, "with a tag or digest"],
  ])("for %s is refused in one line", (_, words, message) => {
    let caught: unknown;
    try {
      readRequest({ ...WORDS, ...words }, POOL);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(UserError);
    expect((caught as Error).message).toContain(message);
    expect((caught as Error).message).not.toContain("\n");
  });
});

it("is told all that is wrong with it at once, each thing once", () => {
  const words = {
    references: ["packit-servce=1", "ogr=0"],
    base: "dev",
    ttl: "8",
    with: ["flour"],
    without: ["beta"],
    images: ["srvice=quay.io/x/y:1", "worker=x"],
  };
  const lines = messageOf(() => readRequest({ ...words }, POOL)).split("\n");
  const expected = [
    "packit-servce",
    '"ogr=0"',
    "--base",
    "--ttl",
    "--with flour",
    "--without beta",
    "srvice",
    "worker=x",
  ];
  expect(lines).toHaveLength(expected.length);
  for (const part of expected)
    expect(
      lines.filter((line) => line.includes(part)),
      part,
    ).toHaveLength(1);
});

describe("a name", () => {
  /** A project with one more stack, of which everything is its own. */
  const declared = () =>
    project({
      "Pulumi.other.yaml": stringify({
        config: {
          "packit:namespace": "packit-test-theirs",
          "packit:sandboxNamespace": "packit-test-four-sandbox",
          "packit:hosts": { service: "two.apps.example.com", dashboard: "three-dashboard.apps.example.com" },
          "packit:packitConfig": { comment_command_prefix: "/packit-word" },
        },
      }),
      "Pulumi.test-five.yaml": stringify({ config: {} }),
      "Pulumi.broken.yaml": "config: [",
    });

  it.each([
    "other",
    "theirs",
    "four",
    "two",
    "three",
    "word",
    "word-1",
    "test-five",
    "five",
  ])("%s is that of a stack which the project declares", (name) => {
    expect(messageOf(() => checkedName(name, POOL, declared()))).toMatch(
      /^The name ".*" does not do: .*Give another --name\.$/,
    );
  });

  it.each(["mine", "words", "one", "other-1"])("%s is free", (name) => {
    expect(checkedName(name, POOL, declared())).toBe(name);
  });

  it.each(knownStacks(ROOT))("can be none by which the stack %s is called or spoken to", (stack) => {
    const { values } = readStackFile(ROOT, stack);
    const { comment_command_prefix: prefix = "/packit-stg" } = values.packitConfig as Record<string, string>;
    for (const name of [stack, prefix.replace("/packit-", "")])
      expect(() => checkedName(name, POOL), name).toThrow(UserError);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("nothing is wrong");
}
