import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { LOCAL_CONTEXT } from "../local/kubeconfig.ts";
import { overridden } from "../local/overrides.ts";
import type { Paths } from "../local/paths.ts";
import { pulumiEnv, pulumiUp } from "../local/pulumi.ts";
import { readStackFile } from "../settings/stack-file.ts";
import { figures, median, print, seconds } from "./figures.ts";

const RUNS = 5;

/** How many plain ConfigMaps stage is held against: about as many resources as it has. */
const PLAIN = 120;

const UP = ["up", "--yes", "--skip-preview"];

/** What is timed of each program, in this order, and how often. */
const STEPS = [
  { what: "create", args: UP, runs: 3, before: ["destroy", "--yes", "--skip-preview"] },
  { what: "preview, nothing to do", args: ["preview", "--expect-no-changes"], runs: RUNS },
  { what: "up, nothing to do", args: UP, runs: RUNS },
] as const;

/**
 * Prints how long Pulumi's engine takes for stage, and in the same minutes for plain ConfigMaps. Says so and does
 * nothing where the engine is not on PATH.
 *
 * @param root The checkout whose program is run.
 */
export async function engine(paths: Paths, root: string): Promise<void> {
  if ((await execa("pulumi", ["version"], { reject: false })).failed)
    return print("Pulumi's engine", "not measured: pulumi is not on PATH");
  const env = pulumiEnv(paths);
  const stage = join(paths.state, "pulumi");
  await pulumiUp({ paths, root, stack: "stage" }, overridden(readStackFile(root, "stage")).config, {
    report: () => {},
  });
  const plain = plainProgram(join(paths.state, "plain"), root);
  const run = (cwd: string, ...args: readonly string[]) =>
    execa("pulumi", [...args, "--non-interactive"], { cwd, env });
  await run(plain, "stack", "select", "--create", "plain");
  for (const { what, args, runs, ...step } of STEPS) {
    const took: { readonly stage: number[]; readonly plain: number[] } = { stage: [], plain: [] };
    for (let i = 0; i < runs; i++) {
      for (const [name, cwd] of [["stage", stage] as const, ["plain", plain] as const]) {
        if ("before" in step) await run(cwd, ...step.before);
        took[name].push(await seconds(() => run(cwd, ...args)));
      }
    }
    print(`Pulumi, stage: ${what}`, figures(took.stage));
    print(`  ${PLAIN} plain ConfigMaps`, figures(took.plain));
    print("  stage to plain", (median(took.stage) / median(took.plain)).toFixed(2));
  }
  await kubectl(paths);
}

/** A program that declares nothing but ConfigMaps, beside a backend of the same kind. */
function plainProgram(folder: string, root: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const runtime = { name: "nodejs", options: { typescript: false } };
  writeFileSync(join(folder, "Pulumi.yaml"), stringify({ name: "plain", main: "index.mjs", runtime }));
  writeFileSync(
    join(folder, "index.mjs"),
    `import * as k8s from "@pulumi/kubernetes";
const args = { context: "${LOCAL_CONTEXT}", enableServerSideApply: true };
const provider = new k8s.Provider("cluster", args);
const { metadata } = new k8s.core.v1.Namespace("plain", { metadata: { name: "plain" } }, { provider });
for (let i = 0; i < ${PLAIN}; i++) {
  const args = { metadata: { name: "plain-" + i, namespace: metadata.name }, data: { i: String(i) } };
  new k8s.core.v1.ConfigMap("plain-" + i, args, { provider });
}
`,
  );
  return folder;
}

/** The same ConfigMaps by kubectl. */
async function kubectl({ state, kubeconfig }: Paths): Promise<void> {
  const run = (args: readonly string[], input?: string) =>
    execa(join(state, "kubectl"), [`--kubeconfig=${kubeconfig}`, ...args], { ...(input && { input }) });
  const items = Array.from({ length: PLAIN }, (_, i) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `kubectl-${i}`, namespace: "default" },
    data: { i: String(i) },
  }));
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const apply = () => run(["apply", "--server-side", "-f", "-"], list);
  print("kubectl, create as many", figures([await seconds(apply)]));
  print(
    "kubectl, nothing to do",
    figures([await seconds(apply), await seconds(apply), await seconds(apply)]),
  );
}
