import { describe, expect, it } from "vitest";
import { totals } from "../../components/totals.ts";
import { diffMarkdown } from "../../diff/markdown.ts";
import { type ObjectDiff, objectDiffs } from "../../diff/object-diff.ts";
import { partOf } from "../../diff/part-of.ts";
import { diffText } from "../../diff/text.ts";
import { totalsOf } from "../../diff/totals.ts";
import { bareDiff, stackDiffOf } from "../support/stack-diffs.ts";
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
      "postgres-15 restarts with a gap",
      "packit-service restarts",
      "packit-worker-short-running restarts with a gap",
      "packit-worker-long-running restarts with a gap",
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
    restarts: ["redis-commander stops"],
  },
  {
    title: "maintenance",
    after: { maintenance: true },
    objects: [
      "changed NetworkPolicy postgres-15",
      "changed NetworkPolicy valkey",
      "changed Deployment packit-service",
      "changed Deployment packit-service-beat",
      "changed Deployment packit-service-fedmsg",
      "changed StatefulSet packit-worker-long-running",
      "changed StatefulSet packit-worker-short-running",
      "removed Job packit-service-migration",
      "removed NetworkPolicy packit-service-migration",
      "removed ServiceAccount packit-service-migration",
    ],
    restarts: [
      "packit-service stops",
      "packit-service-beat stops",
      "packit-service-fedmsg stops",
      "packit-worker-short-running stops",
      "packit-worker-long-running stops",
    ],
  },
  {
    title: "another image by an ImageStream",
    after: { images: { dashboard: "quay.io/somebody/dashboard:stg" } },
    objects: ["changed ImageStream packit-dashboard"],
    restarts: ["packit-dashboard restarts"],
  },
  {
    title: "a volume in a template that never changes",
    before: { storageClass: "gp2" },
    after: { storageClass: "gp3" },
    objects: [
      "changed Deployment packit-service",
      "changed Deployment packit-service-beat",
      "changed Secret packit-config",
      "changed StatefulSet packit-worker-short-running",
      "replaced Job packit-service-migration",
      "replaced PersistentVolumeClaim packit-worker-repository-cache-packit-worker-long-running-0",
      "replaced PersistentVolumeClaim postgres-15",
      "replaced PersistentVolumeClaim sandcastle-repository-cache-packit-worker-long-running-0",
      "replaced PersistentVolumeClaim valkey-pvc",
      "replaced StatefulSet packit-worker-long-running",
    ],
    restarts: [
      "packit-service-migration runs",
      "packit-service restarts",
      "packit-service-beat restarts with a gap",
      "packit-worker-short-running restarts with a gap",
      "packit-worker-long-running restarts with a gap",
    ],
  },
];

describe.each(PAIRS)("from stage as it is, or was, to one with $title", ({
  before = {},
  after,
  ...expected
}) => {
  it("tells what happens, and nothing else", async () => {
    const { objects, state } = await stackDiffOf("stage", before, after);
    expect(objects.map(said).toSorted()).toEqual([...expected.objects].toSorted());
    expect(state).toBe(objects.length > 0 ? "changed" : "same");
  });

  it("tells which pods restart, stop or start, and in which order", async () => {
    const told = await stackDiffOf("stage", before, after);
    expect(
      told.restarts.map(({ name, what, hasGap }) => `${name} ${what}${hasGap ? " with a gap" : ""}`),
    ).toEqual(expected.restarts);
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

it("counts one pod of a workload that does not say how many", async () => {
  const own = await objectsOf("stage");
  const uncounted = own.map((object) => {
    const { replicas, ...spec } = (object.spec ?? {}) as { readonly replicas?: number };
    return replicas === 1 ? { ...object, spec } : object;
  });
  expect(uncounted).not.toEqual(own);
  expect(totalsOf(uncounted)).toEqual(totalsOf(own));
});

describe("a comparison as Markdown", () => {
  it("has no text that ends its block of code, or its fold", async () => {
    const text = "```\n</details>\n````\n";
    const objects = objectDiffs(
      [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { x: "a\n" } }],
      [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { x: text } }],
      partOf(),
    );
    const diff = bareDiff("stage", "changed", { objects });
    const markdown = diffMarkdown([diff]);
    expect(markdown).toContain("`````diff");
    const outside = markdown.replaceAll(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, "");
    expect(outside.match(/<details>/g)).toHaveLength(1);
    expect(outside.match(/<\/details>/g)).toHaveLength(1);
    expect(diffText([diff])).toContain("~ ConfigMap a");
  });
});
