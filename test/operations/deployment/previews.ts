const URN = "urn:pulumi:stage::packit::packit:service:Service$";

/** What `pulumi preview --json` says of some steps, as its PreviewDigest has it. */
export function previewJson(steps: readonly object[], diagnostics: readonly object[] = []): string {
  return JSON.stringify({
    config: { "packit:deployment": "stg" },
    steps: [
      { op: "same", urn: "urn:pulumi:stage::packit::pulumi:pulumi:Stack::packit-stage", ...ROOT_STATES },
      ...steps,
    ],
    ...(diagnostics.length > 0 && { diagnostics }),
    duration: 2_650_000_000,
    changeSummary: { same: 120 },
  });
}

const ROOT_STATES = {
  oldState: { type: "pulumi:pulumi:Stack", urn: "u" },
  newState: { type: "pulumi:pulumi:Stack", urn: "u" },
  detailedDiff: null,
};

/** An update of a Deployment's replicas. */
export function scaled(before: number, after: number, more: object = {}): object {
  return updated("kubernetes:apps/v1:Deployment", "service", {
    before: { spec: { replicas: before, ...more } },
    after: { spec: { replicas: after, ...more } },
    paths: ["spec.replicas"],
  });
}

export interface Update {
  readonly before: object;
  readonly after: object;
  readonly paths: readonly string[];
}

export function updated(type: string, name: string, { before, after, paths }: Update): object {
  const urn = `${URN}${type}::${name}`;
  // What a resource has become is nothing that a plan says.
  const outputs = { status: { now: Math.random() } };
  return {
    op: "update",
    urn,
    provider: "urn:pulumi:stage::packit::pulumi:providers:kubernetes::cluster::1",
    oldState: {
      urn,
      custom: true,
      id: `packit--stg/${name}`,
      type,
      inputs: before,
      outputs,
      modified: "2026-11-01T10:00:00Z",
    },
    newState: { urn, custom: true, type, inputs: after, outputs },
    diffReasons: ["spec"],
    detailedDiff: Object.fromEntries(paths.map((path) => [path, { kind: "update", inputDiff: true }])),
  };
}

export function created(type: string, name: string, inputs: object): object {
  const urn = `${URN}${type}::${name}`;
  return { op: "create", urn, newState: { urn, custom: true, type, inputs }, detailedDiff: null };
}

export function deleted(type: string, name: string, inputs: object): object {
  const urn = `${URN}${type}::${name}`;
  return { op: "delete", urn, oldState: { urn, custom: true, type, inputs }, detailedDiff: null };
}
