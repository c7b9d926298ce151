import { describe, expect, it } from "vitest";
import { totals } from "../../components/totals.ts";
import { diffMarkdown } from "../../diff/markdown.ts";
import { type ObjectDiff, objectDiffs } from "../../diff/object-diff.ts";
import { partOf } from "../../diff/part-of.ts";
import { restarts } from "../../diff/restarts.ts";
import { diffText } from "../../diff/text.ts";
import { totalsOf } from "../../diff/totals.ts";
import { type Changes, objectsOf, settingsOf } from "../support/stacks.ts";
import { pairwise, switched } from "../support/switches.ts";

const said = ({ what, kind, name }: ObjectDiff) => `${what} ${kind} ${name.replace(/-[0-9a-f]{8}$/, "")}`;

/** Two settings of stage, and what happens from the one to the other; what is not named does not. */
const PAIRS: readonly {
  readonly title: string;
  readonly before?: Changes;
  readonly after: Changes;
  readonly objects: readonly string[];
  readonly restarts: readonly string[];
}[] = [
  { title: "nothing", after: {}, objects: [], restarts: [] },
  {
    title: "more pods of the dashboard",
    after: { dashboard: { replicas: 2 } },
    objects: ["added PodDisruptionBudget packit-dashboard", "changed Deployment packit-dashboard"],
    restarts: [],
  },
  {
    title: "a default toleration",
    after: { defaultTolerations: [{ key: "spot", operator: "Exists" }] },
    objects: ["changed Namespace packit--stg"],
    restarts: [],
  },
  {
    title: "a text of the database's configuration, be it for another size",
    after: { postgres: { resources: { limits: { memory: "1Gi" } } } },
    objects: [
      "changed Deployment packit-service",
      "changed Deployment postgres-15",
      "changed StatefulSet packit-worker-long-running",
      "changed StatefulSet packit-worker-short-running",
    ],
    restarts: [
      "postgres-15 with a gap",
      "packit-service",
      "packit-worker-short-running with a gap",
      "packit-worker-long-running with a gap",
    ],
  },
  {
    title: "a part that is removed",
    before: { withRedisCommander: true },
    after: {},
    objects: [
      "changed NetworkPolicy valkey",
      "removed Deployment redis-commander",
      "removed ImageStream redis-commander",
      "removed NetworkPolicy redis-commander",
      "removed Secret redis-commander-secret",
      "removed Service redis-commander",
      "removed ServiceAccount redis-commander",
    ],
    restarts: [],
  },
];

describe.each(PAIRS)("from stage as it is, or was, to one with $title", ({
  before = {},
  after,
  ...expected
}) => {
  it("tells what happens, and nothing else", async () => {
    const [was, is] = await Promise.all([objectsOf("stage", before), objectsOf("stage", after)]);
    expect(
      objectDiffs(was, is, partOf(settingsOf("stage")))
        .map(said)
        .toSorted(),
    ).toEqual([...expected.objects].toSorted());
  });

  it("tells which pods restart, and in which order", async () => {
    const [was, is] = await Promise.all([objectsOf("stage", before), objectsOf("stage", after)]);
    const order = [
      "postgres-15",
      "packit-service",
      "packit-worker-short-running",
      "packit-worker-long-running",
    ];
    const told = restarts(was, is, order).map(({ name, hasGap }) => `${name}${hasGap ? " with a gap" : ""}`);
    expect(told).toEqual(expected.restarts);
  });
});

describe("a volume of another class", () => {
  it("is made anew, which is refused where it holds data", async () => {
    const [was, is] = await Promise.all([objectsOf("stage"), objectsOf("stage", { storageClass: "gp3" })]);
    const claims = objectDiffs(was, is, partOf(settingsOf("stage"))).filter(
      ({ kind }) => kind === "PersistentVolumeClaim",
    );
    expect(claims.map(({ what, because }) => [what, because])).toEqual(
      claims.map(() => ["replaced", ["spec.storageClassName"]]),
    );
    const refused = claims.filter((one) => one.refused !== undefined).map(({ name }) => name);
    expect(refused).toEqual(["postgres-15", "valkey-pvc"]);
    expect(claims.length).toBe(4);
  });
});

describe("the totals of objects", () => {
  it.each(
    pairwise().map((on) => [on.join() || "stage as it is", on] as const),
  )("with %s are those of the settings", async (_, on) => {
    const own = (await objectsOf("stage", switched(...on))).filter(
      ({ metadata }) => metadata.namespace === "packit--stg",
    );
    expect(totalsOf(own)).toEqual(totals(settingsOf("stage", switched(...on)), "steady"));
  });
});

describe("a comparison as Markdown", () => {
  it("has no text that ends its block of code, or its fold", async () => {
    const text = "```\n</details>\n````\n";
    const objects = objectDiffs(
      [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { x: "a\n" } }],
      [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { x: text } }],
      partOf(),
    );
    const diff = {
      stack: "stage",
      base: "0".repeat(40),
      state: "changed",
      objects,
      restarts: [],
      totals: { after: totalsOf([]) },
      quotas: [],
    } as const;
    const markdown = diffMarkdown([diff]);
    expect(markdown).toContain("`````diff");
    const outside = markdown.replaceAll(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, "");
    expect(outside.match(/<details>/g)).toHaveLength(1);
    expect(outside.match(/<\/details>/g)).toHaveLength(1);
    expect(diffText([diff])).toContain("~ ConfigMap a");
  });
});
