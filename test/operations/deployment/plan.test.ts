import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EnvironmentError, UserError } from "../../../errors.ts";
import { planFrom, readPlan } from "../../../operations/deployment/plan.ts";
import { planMarkdown, stepLines } from "../../../operations/deployment/summary.ts";
import { UNKNOWN } from "../../../system/pulumi-preview.ts";
import { MARK } from "../../support/marks.ts";
import { created, deleted, previewJson, scaled, updated } from "./previews.ts";

const COMMIT = "c".repeat(40);
const SERVICE = "kubernetes:core/v1:Service";
const of = (...steps: object[]) => planFrom("stage", COMMIT, previewJson(steps));

describe("a plan", () => {
  it("holds what changes, from which value to which, and nothing that does not change", () => {
    const { steps, ...rest } = of(scaled(1, 2));
    expect(rest).toEqual({ stack: "stage", commit: COMMIT, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(steps).toEqual([
      {
        op: "update",
        urn: expect.stringContaining("::service"),
        replacedFor: [],
        changes: [{ path: "spec.replicas", kind: "update", before: "1", after: "2" }],
        before: expect.any(String),
        after: expect.any(String),
      },
    ]);
    expect(of().steps).toEqual([]);
  });

  it("is the same one, in whatever order the engine works, and whatever became of resources", () => {
    const steps = () => [
      scaled(1, 2),
      created(SERVICE, "one", { a: 1, b: 2 }),
      deleted(SERVICE, "two", { a: 1 }),
    ];
    const { digest } = of(...steps());
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
        const all = steps();
        expect(of(...order.flatMap((i) => all[i] ?? [])).digest).toBe(digest);
      }),
    );
    const turned = created(SERVICE, "one", { b: 2, a: 1 });
    expect(of(scaled(1, 2), turned, deleted(SERVICE, "two", { a: 1 })).digest).toBe(digest);
  });

  it.each<[string, object[]]>([
    ["a step more", [scaled(1, 2), created(SERVICE, "one", {})]],
    ["no step", []],
    ["another value", [scaled(1, 3)]],
    ["another value before", [scaled(0, 2)]],
    ["a value that no diff tells of", [scaled(1, 2, { paused: true })]],
    ["another kind of step", [{ ...scaled(1, 2), op: "replace" }]],
    ["what replaces it", [{ ...scaled(1, 2), replaceReasons: ["spec"] }]],
  ])("is another one with %s", (_, steps) => {
    expect(of(...steps).digest).not.toBe(of(scaled(1, 2)).digest);
  });

  it("is read as it was written, and not otherwise", () => {
    const plan = of(scaled(1, 2));
    const text = JSON.stringify(plan, null, 2);
    expect(readPlan("plan.json", text)).toEqual(plan);
    for (const other of [
      text.replace('"2"', '"1"'),
      text.replace("stage", "prod"),
      text.replace(COMMIT, "main"),
    ])
      expect(() => readPlan("plan.json", other)).toThrow(
        new UserError("plan.json is not as it was written. Make it anew."),
      );
    for (const other of ["", "{}", "[]", text.replace('"op"', '"do"'), text.replace("{", '{"more": 1,')])
      expect(() => readPlan("plan.json", other)).toThrow("plan.json is no plan.");
  });

  it("holds no secret: neither what Pulumi masks nor what a Secret holds in any case", () => {
    const plan = of(
      updated("kubernetes:core/v1:Secret", "one", {
        before: { data: { password: `${MARK}-1` }, stringData: `${MARK}-2` },
        after: { data: { password: "[secret]", user: `${MARK}-3` } },
        paths: ["data.password", 'data["user"]', "stringData"],
      }),
      created("random:index/randomPassword:RandomPassword", "two", { keepers: { seed: MARK } }),
    );
    expect(JSON.stringify(plan)).not.toContain(MARK);
    expect(planMarkdown(plan)).not.toContain(MARK);
    const changes = plan.steps.find(({ op }) => op === "update")?.changes;
    expect(changes).toContainEqual({
      path: "data.password",
      kind: "update",
      before: "[secret]",
      after: "[secret]",
    });
    // Nor can one be guessed by its digest.
    const other = (value: string) =>
      of(created("kubernetes:core/v1:Secret", "one", { data: { pin: value } })).digest;
    expect(other("1234")).toBe(other("4321"));
  });

  it("shows short values alone", () => {
    const values = { long: "a".repeat(99), list: [{ "a.b/c": null }], later: UNKNOWN };
    const paths = ["long", "list", 'list[0]["a.b/c"]', "later", "gone", "constructor"];
    const [step] = of(updated(SERVICE, "one", { before: {}, after: values, paths })).steps;
    expect(Object.fromEntries((step?.changes ?? []).map(({ path, after }) => [path, after]))).toEqual({
      long: "…",
      list: "…",
      'list[0]["a.b/c"]': "null",
      later: "known once it is made",
      gone: undefined,
      constructor: undefined,
    });
  });

  it.each([
    ["events in place of a plan", '{"sequence":1}\n{"sequence":2}'],
    ["nothing", ""],
    ["no steps", '{"diagnostics":[]}'],
  ])("is none where Pulumi tells %s", (_, json) => {
    expect(() => planFrom("stage", COMMIT, json)).toThrow(EnvironmentError);
    expect(() => planFrom("stage", COMMIT, json)).toThrow("something else than a plan");
  });

  it("is one where Pulumi tells of a warning", () => {
    const json = previewJson([scaled(1, 2)], [{ severity: "warning", message: "old" }]);
    expect(planFrom("stage", COMMIT, json)).toEqual(of(scaled(1, 2)));
  });
});

describe("the page of a plan", () => {
  it("tells the steps and their changes, and by which digest they are known", () => {
    const plan = of(scaled(1, 2), created(SERVICE, "one", {}), {
      ...deleted(SERVICE, "two", {}),
      replaceReasons: ["spec"],
    });
    expect(planMarkdown(plan)).toBe(
      [
        "### stage\n",
        `Commit ${COMMIT}, 1 create, 1 delete, 1 update. Plan \`${plan.digest}\`.\n`,
        "```diff",
        "! update kubernetes:apps/v1:Deployment service",
        "    update spec.replicas: 1 → 2",
        "+ create kubernetes:core/v1:Service one",
        "- delete kubernetes:core/v1:Service two for spec",
        "```",
      ].join("\n"),
    );
    expect(planMarkdown(of())).toBe(`### stage\n\nNothing changes with commit ${COMMIT}.`);
  });

  it("shows what of a value cannot be seen: nobody agrees to what he does not see", () => {
    const values = { before: { a: "packit" }, after: { a: "pack\u200bit" }, paths: ["a"] };
    const plan = of(updated(SERVICE, "one", values));
    for (const text of [planMarkdown(plan), ...plan.steps.flatMap(stepLines)].filter((one) =>
      one.includes("pack"),
    ))
      expect(text).toContain("pack⟨U+200B⟩it");
  });

  it("ends where it means to, whatever values hold, and lists no more than people read", () => {
    const after = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`key${i}`, "```\n### Agreed"]));
    const page = planMarkdown(of(updated(SERVICE, "one", { before: {}, after, paths: Object.keys(after) })));
    expect(page).toMatch(/^````diff$/m);
    expect(page).toMatch(/… and 10 more\n````$/);
    expect(page.match(/^###/gm)).toHaveLength(1);
  });

  it("is a page that GitHub takes, however much changes, and says that it is not all", () => {
    const names = Array.from({ length: 30_000 }, (_, i) => `${"ř".repeat(20)}${i}`);
    const page = planMarkdown(of(...names.map((name) => created(SERVICE, name, {}))));
    expect(Buffer.byteLength(page)).toBeLessThan(1024 * 1024);
    expect(Buffer.byteLength(page)).toBeGreaterThan(1000 * 1024);
    expect(page).toMatch(/30000 create\. Plan[\s\S]*… and \d+ lines more: they are in the plan\n```$/);
  });
});
