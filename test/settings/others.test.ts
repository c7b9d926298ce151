import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { overridden } from "../../local/overrides.ts";
import { loadSettings } from "../../settings/load.ts";
import { readStackFile } from "../../settings/stack-file.ts";
import { knownStacks } from "../../settings/stacks.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";

const ONE = { kubeContext: "a", namespace: "packit", hosts: ["s.one.dev", "d.one.dev", "w.one.dev"] };
const TWO = { kubeContext: "b", namespace: "other", hosts: ["s.two.dev", "d.two.dev", "w.two.dev"] };

describe("two stacks of one project", () => {
  it.each([
    [
      "one namespace",
      { kubeContext: "a", namespace: "packit" },
      {},
      "namespace",
      "packit:namespace in Pulumi.two.yaml:4",
    ],
    [
      "the other's sandbox for its namespace",
      { kubeContext: "a", namespace: "packit-sandbox" },
      {},
      "namespace",
      "packit:namespace in Pulumi.two.yaml:4",
    ],
    [
      "one sandbox",
      { kubeContext: "a", sandboxNamespace: "box" },
      { sandboxNamespace: "box" },
      "sandboxNamespace",
      "packit:sandboxNamespace in Pulumi.two.yaml:",
    ],
    [
      "builds in the other's namespace",
      { kubeContext: "a" },
      { imageBuilds: { namespace: "other", account: "robot" } },
      "imageBuilds.namespace",
      "packit:namespace in Pulumi.two.yaml:4",
    ],
    [
      "a sandbox in the other's namespace",
      { kubeContext: "a" },
      { sandboxNamespace: "other" },
      "sandboxNamespace",
      "packit:namespace in Pulumi.two.yaml:4",
    ],
    [
      "one host, in whatever clusters and for whatever part",
      { hosts: ["x.two.dev", "s.one.dev", "w.two.dev"] },
      {},
      "hosts.service",
      "packit:hosts.dashboard in Pulumi.two.yaml:7",
    ],
  ])("are refused with %s", (_, two, one, path, theirs) => {
    for (const [stack, message] of [
      ["one", `packit:${path}`],
      ["two", "Pulumi.one.yaml:"],
    ] as const) {
      expect(refusal({ one: file({ ...ONE, ...one }), two: file({ ...TWO, ...two }) }, stack)).toContain(
        message,
      );
    }
    const message = refusal({ one: file({ ...ONE, ...one }), two: file({ ...TWO, ...two }) }, "one");
    expect(message).toMatch(/^Pulumi\.one\.yaml: 1 setting is wrong/);
    expect(message).toContain(theirs);
    expect(message).toContain(`give this stack its own: pulumi config set --path 'packit:${path}' NAME`);
  });

  it.each([
    ["a namespace of one name in two clusters", { namespace: "packit" }, {}],
    [
      "a namespace like that of a sandbox that is not there",
      { kubeContext: "a", namespace: "packit-sandbox" },
      { withSandbox: false, repositoryCache: { enabled: false } },
    ],
    ["two namespaces in one cluster", { kubeContext: "a" }, {}],
  ])("may have %s", (_, two, one) => {
    expect(refusal({ one: file({ ...ONE, ...one }), two: file({ ...TWO, ...two }) }, "one")).toBe("");
  });

  it.each<[string, object, object, string, string]>([
    [
      "one environment",
      { repository: "a/b", environments: { prod: {}, own: {} } },
      { repository: "a/b", environments: { prod: {} } },
      "github.environments.prod",
      "an environment of a/b that is not packit:github.environments.prod in Pulumi.two.yaml:9",
    ],
    [
      "one environment in other letters, of a repository in other letters",
      { repository: "A/b", environments: { Prod: {} } },
      { repository: "a/B", environments: { prod: {} } },
      "github.environments.Prod",
      "packit:github.environments.prod in Pulumi.two.yaml:9",
    ],
    [
      "what the repository has once, of whatever kind",
      { repository: "a/b", shared: { labels: { bug: { color: "d73a4a" } } } },
      { repository: "a/b", shared: { ruleset: {} } },
      "github.shared",
      "a declaration of what a/b has once that is not packit:github.shared in Pulumi.two.yaml:9",
    ],
  ])("are refused with %s", (_, mine, theirs, path, words) => {
    const files = { one: file({ ...ONE, github: mine }), two: file({ ...TWO, github: theirs }) };
    const message = refusal(files, "one");
    expect(message).toMatch(/^Pulumi\.one\.yaml: 1 setting is wrong/);
    expect(message).toContain(`packit:${path}\n`);
    expect(message).toContain(words);
    expect(message).toContain("declare it in one of the two files");
    expect(refusal(files, "two")).toContain("Pulumi.one.yaml:9");
  });

  it.each<[string, object, unknown]>([
    [
      "an environment each of one repository",
      { repository: "a/b", environments: { one: {} }, shared: {} },
      { repository: "a/b", environments: { two: {} } },
    ],
    [
      "environments of one name in two repositories",
      { repository: "a/b", environments: { one: {} }, shared: {} },
      { repository: "a/c", environments: { one: {} }, shared: {} },
    ],
    ["something else in its place", { repository: "a/b", shared: {} }, ["a/b"]],
    ["nothing of GitHub", { repository: "a/b", shared: {} }, { shared: {}, environments: "x" }],
  ])("may have %s", (_, mine, theirs) => {
    const files = { one: file({ ...ONE, github: mine }), two: file({ ...TWO, github: theirs }) };
    expect(refusal(files, "one")).toBe("");
  });

  it("are in one cluster on this machine", () => {
    const files = { one: file(ONE), two: file({ ...TWO, namespace: "packit" }) };
    const { config } = overridden(readStackFile(folderOf(files), "one"));
    expect(() => loadSettings(config, { kind: "redacted" })).toThrow("packit:namespace in Pulumi.two.yaml:4");
  });

  it.each([
    ["is no YAML", "config: ["],
    ["is read otherwise by the engine", "config:\n  namespace: packit\n"],
    [
      "has other values than texts",
      "config:\n  packit:kubeContext: a\n  packit:namespace: [x]\n  packit:hosts: y\n",
    ],
    ["is encrypted", "config:\n  packit:kubeContext: a\n  packit:namespace: { secure: v1:x }\n"],
    ["is empty", ""],
  ])("do not hinder each other when the other's file %s", (_, two) => {
    expect(refusal({ one: file(ONE), two }, "one")).toBe("");
  });

  it.each(knownStacks(ROOT))("are not this project's own, as %s", (stack) => {
    const { config } = overridden(readStackFile(ROOT, stack));
    for (const read of [readStackFile(ROOT, stack), config])
      expect(() => loadSettings(read, { kind: "redacted" })).not.toThrow();
  });
});

function file({ kubeContext, namespace, hosts, ...more }: typeof ONE & Record<string, unknown>): string {
  const [service, dashboard, workers] = hosts;
  const own = {
    kubeContext,
    namespace,
    hosts: "",
    ...more,
    deployment: "stg",
    identity: { fasUser: "packit-stg" },
  };
  const lines = Object.entries({ ...own, tls: "reencrypt", storageClass: "standard" }).map(([key, value]) =>
    key === "hosts"
      ? `  packit:hosts:\n    service: ${service}\n    dashboard: ${dashboard}\n    workers: ${workers}\n`
      : `  packit:${key}: ${JSON.stringify(value)}\n`,
  );
  return `# ${namespace}\nconfig:\n${lines.join("")}`;
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "Pulumi.yaml"), "name: packit\n");
  for (const [stack, text] of Object.entries(files))
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
  return folder;
}

function refusal(files: Readonly<Record<string, string>>, stack: string): string {
  try {
    loadSettings(readStackFile(folderOf(files), stack), { kind: "redacted" });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
