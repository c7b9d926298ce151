import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PREFIX, type StackConfig } from "../settings/stack-file.ts";
import { yamlForEngine } from "../settings/yaml-writing.ts";
import { makeFolder } from "../system/make-folder.ts";
import { runPulumi } from "../system/pulumi-run.ts";
import { credentials } from "./credentials.ts";
import type { Report } from "./kit.ts";
import type { Paths } from "./paths.ts";

/**
 * Pulumi's own engine at work on the local control plane: a project beside its data, whose program is this one and
 * whose backend is a folder, so that neither the checkout nor the user's own stacks are touched.
 */
export interface LocalPulumi {
  readonly paths: Paths;
  /** The folder of this project, which holds main.js. */
  readonly root: string;
  readonly stack: string;
}

/** How a run of Pulumi's CLI is told of, and what ends it. */
export interface PulumiRun {
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `pulumi up` on a stack with the given configuration. */
export async function pulumiUp(local: LocalPulumi, config: StackConfig, run: PulumiRun): Promise<void> {
  writeProject(local, config);
  await pulumi(local, ["stack", "select", "--create"], run);
  // A killed run leaves its lock on the stack. No other run is under way here: this project's own lock sees to that.
  await pulumi(local, ["cancel", "--yes"], run);
  // What it was making is met again by the next run; Pulumi itself would go on warning of it.
  if (hasPendingCreates(local)) await pulumi(local, ["refresh", "--clear-pending-creates", "--yes"], run);
  await pulumi(local, ["up", "--yes", "--skip-preview"], run);
}

/** Runs `pulumi destroy` on a stack, and removes the stack. */
export async function pulumiDestroy(local: LocalPulumi, run: PulumiRun): Promise<void> {
  await pulumi(local, ["cancel", "--yes"], run);
  await pulumi(local, ["destroy", "--yes", "--skip-preview"], run);
  await pulumi(local, ["stack", "rm", "--yes"], run);
}

/** What Pulumi's CLI works with here: a backend in a folder, a passphrase of the control plane's own, its kubeconfig. */
export function pulumiEnv(paths: Paths): Record<string, string> {
  makeFolder(folder(paths), 0o700);
  return {
    // Beside each file Pulumi keeps another of its attributes, which a killed run leaves empty, and then reads no state.
    PULUMI_BACKEND_URL: `file://${folder(paths)}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: credentials(paths).seed,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    KUBECONFIG: paths.kubeconfig,
  };
}

/** Whether Pulumi's engine has brought the stack up here. */
export function isPulumiStack(local: Pick<LocalPulumi, "paths" | "stack">): boolean {
  return existsSync(stateFile(local));
}

/** Whether a killed run was making something whose outcome its state does not tell. */
function hasPendingCreates(local: LocalPulumi): boolean {
  if (!isPulumiStack(local)) return false;
  const { checkpoint } = JSON.parse(readFileSync(stateFile(local), "utf8"));
  const pending: readonly { type: string }[] = checkpoint?.latest?.pending_operations ?? [];
  return pending.some(({ type }) => type === "creating");
}

function stateFile({ paths, stack }: Pick<LocalPulumi, "paths" | "stack">): string {
  return join(folder(paths), ".pulumi", "stacks", "packit", `${stack}.json`);
}

function writeProject({ paths, root, stack }: LocalPulumi, { values, project: shared }: StackConfig): void {
  const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  makeFolder(folder(paths), 0o700);
  writeFileSync(
    join(folder(paths), "Pulumi.yaml"),
    yamlForEngine({ ...project, main: join(root, project.main) }),
  );
  const file = join(folder(paths), `Pulumi.${stack}.yaml`);
  // Pulumi keeps the salt of the stack's encryption in the same file.
  const former = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
  const config = Object.fromEntries(
    Object.entries(values)
      .map(([key, value]) => [`${PREFIX}${key}`, value] as const)
      .filter(([key]) => !shared?.keys.includes(key)),
  );
  writeFileSync(file, yamlForEngine({ ...former, config }), { mode: 0o600 });
}

function pulumi(local: LocalPulumi, verb: readonly string[], run: PulumiRun): Promise<void> {
  const { paths, stack } = local;
  return runPulumi(verb, {
    stack,
    cwd: folder(paths),
    env: pulumiEnv(paths),
    log: join(paths.logs, `pulumi-${stack}.log`),
    secrets: [credentials(paths).seed],
    remedy: "Install Pulumi's CLI, or go without: --engine apply.",
    ...run,
  });
}

function folder({ state }: Paths): string {
  return join(state, "pulumi");
}
