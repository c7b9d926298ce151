import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { objectFiles, writeFolder } from "../../render/folder.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { describe as nameOf } from "../../render/kubernetes-object.ts";
import { references, secretFiles } from "../../render/references.ts";
import type { Anything } from "../support/anything.ts";
import { temporaryFolder } from "../support/folder.ts";
import { type Changes, configOf, find, ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { type Base, TestStack } from "./stack.ts";

const BASES: readonly Base[] = ["prod", "fedora-ci", "stage", "fedora-ci-stage"];
const stacks = new Map(BASES.map((base) => [base, new TestStack(`side-by-side-${base}`, base)]));

describe("prod, stage and their Fedora CI, side by side", () => {
  beforeAll(() => Promise.all([...stacks.values()].map((stack) => stack.up())));

  it("are each ready, and left alone by the others", async () => {
    const { changed, removed } = (await stacks.get("prod")?.up()) ?? {};
    expect([changed, removed]).toEqual([[], []]);
  });

  it("hand Fedora CI over by one switch and two applies, and back", async () => {
    const before = { prod: await config("prod"), ci: await config("fedora-ci") };
    const changed = await apply({ fedoraCi: { prod: { servedBy: "fedora-ci" } } });
    const after = { prod: await config("prod"), ci: await config("fedora-ci") };
    expect(
      changed.filter((name) => !/^(Secret .*packit-config|Deployment|StatefulSet|Job|CronJob)/.test(name)),
    ).toEqual([]);
    expect([after.prod.mine, after.ci.mine]).toEqual([before.ci.mine, before.prod.mine]);
    expect([after.prod.others, after.ci.others]).toEqual([before.prod.others, before.ci.others]);
    await apply({});
    expect({ prod: await config("prod"), ci: await config("fedora-ci") }).toEqual(before);
  });
});

describe("a folder of objects, applied by kubectl alone", () => {
  const stack = new TestStack("fedora-ci-stage", "fedora-ci-stage");
  const namespace = "packit-fedora-ci-stage";

  it("with Secrets from its list gives what the program gives", async () => {
    const folder = temporaryFolder();
    const { objects, secrets } = await references(ROOT, "fedora-ci-stage");
    writeFolder(folder, [...objectFiles(objects, "yaml"), ...secretFiles(secrets)]);
    const [first] = readdirSync(folder).filter((name) => name.endsWith(`namespace_${namespace}.yaml`));
    await kubectl(["apply", "--server-side", "-f", join(folder, first ?? "")]);
    await kubectl(
      ["apply", "--server-side", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items: madeFrom(folder) }),
    );
    await kubectl(["apply", "--server-side", "-f", folder]);
    await stack.ready(objects);

    const own = { namespace, secrets: SECRETS };
    const program = await stack.objects(own);
    // The Job is named after what it reads, and the hash has a salt of its own.
    const same = program.filter(
      ({ kind, metadata }) => kind !== "Job" && metadata.name !== "flower-htpasswd",
    );
    const byKubectl = await live(same);
    await stack.up(own);
    expect(byKubectl).toEqual(await live(same));
    expect(objects.map(withoutHash).sort()).toEqual(
      program
        .filter(({ kind }) => kind !== "Secret")
        .map(withoutHash)
        .sort(),
    );
  });

  /** What was applied, as it is now, but for what says which contents of Secrets pods were started with. */
  async function live(declared: readonly KubernetesObject[]): Promise<Record<string, unknown>> {
    const read = await Promise.all(declared.map((object) => stack.client.read(object)));
    const told = read.map((object) => {
      const { spec, data, type, metadata } = object as Anything;
      const { annotations = {}, labels } = metadata;
      for (const key of OTHERS) delete annotations[key];
      const text = JSON.stringify({ spec, data, type, annotations, labels });
      return [
        nameOf(object as KubernetesObject),
        text.replaceAll(/"packit.dev\/(files|database)":"\w+"/g, ""),
      ];
    });
    return Object.fromEntries(told);
  }
});

/** The annotations that are left out of a folder on purpose, and what a controller counts. */
const OTHERS = ["deployment.kubernetes.io/revision", "image.openshift.io/triggers", "pulumi.com/patchForce"];

const { values } = configOf("fedora-ci-stage");
const SECRETS = values.secrets as Anything;

/** The Secrets that the list in a folder asks for, as a playbook would make them. */
function madeFrom(folder: string): object[] {
  const list: Anything[] = parse(readFileSync(join(folder, "secrets", "index.yaml"), "utf8"));
  return list.map(({ name, namespace, type, keys }) => {
    const contents = keys.map(({ key, template, encoding }: Anything) => {
      const text = filled(readFileSync(join(folder, "secrets", template), "utf8"));
      return [key, encoding === "base64" ? text : Buffer.from(text).toString("base64")];
    });
    const metadata = { name, namespace, labels: { "packit.dev/stack": "fedora-ci-stage" } };
    return { apiVersion: "v1", kind: "Secret", metadata, type, data: Object.fromEntries(contents) };
  });
}

function filled(template: string): string {
  return template
    .replaceAll(/\{\{ forgeTokens\['(.*?)'\] \| to_json \}\}/g, (_, host) =>
      JSON.stringify(SECRETS.forgeTokens[host]),
    )
    .replaceAll(/\{\{ (\w+) \| to_json \}\}/g, (_, name) => JSON.stringify(SECRETS[name]))
    .replaceAll(/\{\{ (\w+) \| trim \}\}/g, (_, name) => SECRETS[name].trim())
    .replaceAll(/\{\{ (\w+) \}\}/g, (_, name) => SECRETS[name]);
}

function withoutHash(object: KubernetesObject): string {
  return nameOf(object).replace(/-[0-9a-f]{8}$/, "");
}

function kubectl(args: readonly string[], input = "") {
  const env = { KUBECONFIG: PATHS.kubeconfig };
  return execa(join(PATHS.kit, "kubectl"), ["--context", LOCAL_CONTEXT, ...args], { env, input });
}

/** Applies prod and its Fedora CI, in that order, and says what that changed. */
async function apply(changes: Changes): Promise<string[]> {
  const changed = [];
  for (const base of ["prod", "fedora-ci"] as const) {
    changed.push(...((await stacks.get(base)?.up(changes))?.changed ?? []));
  }
  return changed.map(nameOf);
}

/** What a stack's packit-service.yaml says of Fedora CI, and what it says of all else. */
async function config(base: Base): Promise<{ mine: object; others: object }> {
  const secrets = (await stacks.get(base)?.applied()) ?? [];
  const text = Buffer.from(
    find(secrets, "Secret", "packit-config").data["packit-service.yaml"],
    "base64",
  ).toString();
  const { fedora_ci_run_by_default, fedora_ci, ...others } = parse(text);
  return { mine: { fedora_ci_run_by_default, fedora_ci }, others };
}
