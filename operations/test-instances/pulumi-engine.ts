import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { parse } from "yaml";
import { knownError } from "../../errors.ts";
import { HANDED_SECRETS, type HandedSecrets } from "../../settings/secrets/handed.ts";
import { PREFIX, type StackConfig } from "../../settings/stack-file.ts";
import { stackOf } from "../../settings/test-instance.ts";
import { yamlForEngine } from "../../settings/yaml-writing.ts";
import { pulumiFailure } from "../../system/pulumi-failure.ts";
import { pulumiPreview } from "../../system/pulumi-preview.ts";
import { tellsMuch } from "../../system/pulumi-run.ts";
import type { Declared, Engine, Report } from "./engine.ts";
import { refuseOtherPlan } from "./engine-plan.ts";

export interface PulumiEngineArgs {
  /** The folder of this project. */
  readonly root: string;
  /** Variables for Pulumi: where its backend is, and what encrypts a stack. */
  readonly env: Readonly<Record<string, string>>;
}

/** Whether there is a Pulumi CLI on PATH. */
export async function hasPulumi(): Promise<boolean> {
  return (await execa("pulumi", ["version"], { reject: false })).exitCode === 0;
}

/** A Pulumi stack for each instance, through the Automation API; its state is in the user's own backend. */
export class PulumiEngine implements Engine {
  readonly name = "pulumi";
  readonly #args: PulumiEngineArgs;

  constructor(args: PulumiEngineArgs) {
    this.#args = args;
  }

  async up(instance: Declared, report: Report, signal: AbortSignal): Promise<void> {
    const { name, config, standIns } = instance;
    const { secrets = {}, ...values } = config.values;
    const handed: HandedSecrets = { secrets, standIns };
    // The engine generates what is secret itself; what is declared does not depend on it.
    const objects = await instance.objects("of a plan");
    await this.#within(name, { what: "`pulumi up`", handed }, async (folder, workspace) => {
      writeProject(folder, this.#args.root, { ...config, values });
      const stack = await workspace();
      // An earlier run that was killed left its lock; the slot's lease is the lock among runs.
      await stack.cancel().catch(() => {});
      signal.throwIfAborted();
      const told = { onOutput: (text: string) => said(text, report), suppressProgress: true, signal };
      // The reaper removes namespaces without asking Pulumi. What a killed run was making is met again by this one.
      const outcome = stack
        .refresh({ ...told, clearPendingCreates: true })
        .then(() => planOf(stack, signal))
        .then((plan) => refuseOtherPlan(name, plan, objects))
        .then(() => stack.up(told));
      await outcome.catch((error) => {
        signal.throwIfAborted();
        throw error;
      });
    });
  }

  async forget(name: string): Promise<void> {
    await this.#within(name, { what: "`pulumi stack rm`" }, async (folder, workspace) => {
      writeProject(folder, this.#args.root, { stack: stackOf(name), values: {} });
      const own = await LocalWorkspace.create(await this.#options(folder));
      const known = (await own.listStacks()).some((one) => one.name.split("/").at(-1) === stackOf(name));
      if (!known) return;
      await (await workspace()).cancel().catch(() => {});
      await own.removeStack(stackOf(name), { force: true });
    });
    rmSync(this.#log(name), { force: true });
  }

  /** Does work in a folder of its own, which is gone afterwards; a failure of Pulumi is told in its own words. */
  async #within(
    name: string,
    { what, handed }: { readonly what: string; readonly handed?: HandedSecrets },
    work: (folder: string, stack: () => Promise<Stack>) => Promise<void>,
  ): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "packit-pulumi-"));
    try {
      await work(folder, async () =>
        LocalWorkspace.createOrSelectStack(
          { stackName: stackOf(name), workDir: folder },
          await this.#options(folder, handed),
        ),
      );
    } catch (error) {
      const output = outputOf(error);
      if (output === undefined) throw error;
      const { PULUMI_CONFIG_PASSPHRASE: passphrase = "" } = { ...process.env, ...this.#args.env };
      throw pulumiFailure({ what, output, log: this.#log(name), secrets: [passphrase, ...textsIn(handed)] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #log(name: string): string {
    return join(this.#args.root, ".local", "logs", `pulumi-${stackOf(name)}.log`);
  }

  /** Secrets are handed over in the environment: they are on no disk, neither here nor in Pulumi's own history. */
  async #options(folder: string, handed?: HandedSecrets) {
    const envVars = { ...this.#args.env, ...(handed && { [HANDED_SECRETS]: JSON.stringify(handed) }) };
    return { workDir: folder, envVars, ...(await mortalCommand(folder)) };
  }
}

function planOf({ name, workspace }: Stack, signal: AbortSignal): Promise<string> {
  const { workDir: cwd, envVars: env, pulumiCommand } = workspace;
  return pulumiPreview({ program: pulumiCommand.command, cwd, env, stack: name, signal });
}

/** Where Linux has it. */
const SETPRIV = "/usr/bin/setpriv";

/** Pulumi's CLI as a program that ends with this process, however that ends: nothing is made any more once it is dead. */
async function mortalCommand(folder: string): Promise<{ pulumiCommand?: PulumiCommand }> {
  if (!existsSync(SETPRIV)) return {};
  const { stdout } = await execa("/bin/sh", ["-c", "command -v pulumi"], { reject: false });
  if (stdout === "") return {};
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true, mode: 0o700 });
  const script = `#!/bin/sh\nexec ${SETPRIV} --pdeathsig KILL -- '${stdout.replaceAll("'", `'\\''`)}' "$@"\n`;
  writeFileSync(join(bin, "pulumi"), script, { mode: 0o700 });
  return { pulumiCommand: await PulumiCommand.get({ root: folder }) };
}

/** A project of its own, so that no stack file appears in the checkout. It is gone after each run, and has no secrets. */
function writeProject(folder: string, program: string, { stack, values }: StackConfig): void {
  const project = parse(readFileSync(join(program, "Pulumi.yaml"), "utf8"));
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    yamlForEngine({ ...project, main: join(program, project.main) }),
  );
  const config = Object.fromEntries(Object.entries(values).map(([key, value]) => [`${PREFIX}${key}`, value]));
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), yamlForEngine({ config }), { mode: 0o600 });
}

function said(text: string, report: Report): void {
  for (const line of text.split("\n")) if (tellsMuch(line)) report(line.trim());
}

/**
 * What Pulumi has said, if it is what failed: its CLI, or its own library with words of its own. Anything else, an error
 * of this program's own above all, is left as it is.
 */
function outputOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Its library says at the end once more what the CLI said, as an error of the call.
  if (error instanceof CommandError) return error.message.replace(/\n err\?: [\s\S]*$/, "");
  return error.constructor === Error && knownError(error) === undefined ? error.message : undefined;
}

/** Every text in a value. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
