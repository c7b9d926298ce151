import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ExecaError, execa } from "execa";
import { parse, stringify } from "yaml";
import { EnvironmentError } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import { PREFIX, type StackConfig } from "../settings/stack-file.ts";
import { credentials } from "./credentials.ts";
import type { Report } from "./kit.ts";
import type { Paths } from "./paths.ts";

/**
 * Pulumi's own engine at work on the local control plane: a project beside its data, whose program is this one and
 * whose backend is a folder, so that neither the checkout nor the user's own stacks are touched.
 */
export interface LocalPulumi {
  readonly paths: Paths;
  /** The folder of this project, which holds index.ts. */
  readonly root: string;
  readonly stack: string;
}

/** Runs `pulumi up` on a stack with the given configuration. */
export async function pulumiUp(local: LocalPulumi, config: StackConfig, report: Report): Promise<void> {
  writeProject(local, config);
  await pulumi(local, ["stack", "select", "--create", local.stack], report);
  // A killed run leaves its lock on the stack. No other run is under way here: this project's own lock sees to that.
  await pulumi(local, ["cancel", "--yes", "--stack", local.stack], report);
  await pulumi(local, ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", local.stack], report);
}

/** Runs `pulumi destroy` on a stack, and removes the stack. */
export async function pulumiDestroy(local: LocalPulumi, report: Report): Promise<void> {
  await pulumi(local, ["cancel", "--yes", "--stack", local.stack], report);
  await pulumi(
    local,
    ["destroy", "--yes", "--skip-preview", "--non-interactive", "--stack", local.stack],
    report,
  );
  await pulumi(local, ["stack", "rm", "--yes", "--non-interactive", "--stack", local.stack], report);
}

/** Whether Pulumi's engine has brought the stack up here. */
export function isPulumiStack({ paths, stack }: Pick<LocalPulumi, "paths" | "stack">): boolean {
  return existsSync(join(folder(paths), ".pulumi", "stacks", "packit", `${stack}.json`));
}

function writeProject({ paths, root, stack }: LocalPulumi, { values, project: shared }: StackConfig): void {
  const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  makeFolder(folder(paths), 0o700);
  writeFileSync(
    join(folder(paths), "Pulumi.yaml"),
    stringify({ ...project, main: join(root, project.main) }),
  );
  const file = join(folder(paths), `Pulumi.${stack}.yaml`);
  // Pulumi keeps the salt of the stack's encryption in the same file.
  const former = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
  const config = Object.fromEntries(
    Object.entries(values)
      .map(([key, value]) => [`${PREFIX}${key}`, value] as const)
      .filter(([key]) => !shared?.keys.includes(key)),
  );
  writeFileSync(file, stringify({ ...former, config }, { lineWidth: 0 }), { mode: 0o600 });
}

async function pulumi({ paths }: LocalPulumi, args: readonly string[], report: Report): Promise<void> {
  const env = {
    PULUMI_BACKEND_URL: `file://${folder(paths)}`,
    PULUMI_CONFIG_PASSPHRASE: credentials(paths).seed,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    KUBECONFIG: paths.kubeconfig,
  };
  const subprocess = execa("pulumi", [...args], { cwd: folder(paths), env, all: true });
  try {
    for await (const line of subprocess.iterable({ from: "all" })) if (line.trim() !== "") report(line);
    await subprocess;
  } catch (error) {
    throw error instanceof ExecaError ? failure(args, error) : error;
  }
}

function failure(args: readonly string[], error: ExecaError): EnvironmentError {
  if (error.code === "ENOENT") {
    return new EnvironmentError(
      "There is no `pulumi` on PATH. Install Pulumi's CLI, or leave out ENGINE=pulumi.",
    );
  }
  return new EnvironmentError(
    `\`pulumi ${args.join(" ")}\` failed. It said:\n${String(error.all ?? error.message)}`,
  );
}

function folder({ state }: Paths): string {
  return join(state, "pulumi");
}
