import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { parse } from "yaml";
import { knownError } from "../../errors.ts";
import { CATALOGUE, type SecretName } from "../../settings/secret-catalogue.ts";
import { isBytes } from "../../settings/secret-form.ts";
import { PREFIX, type StackConfig } from "../../settings/stack-file.ts";
import { stackOf } from "../../settings/test-instance.ts";
import { yamlForEngine } from "../../settings/yaml-writing.ts";
import { makeFolder } from "../../system/make-folder.ts";
import { pulumiFailure } from "../../system/pulumi-failure.ts";
import type { Declared, Engine, Report } from "./engine.ts";

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

  async up({ name, config, program }: Declared, report: Report, signal: AbortSignal): Promise<void> {
    await this.#within(name, config, "`pulumi up`", async (folder) => {
      this.#writeProject(folder, program.root, config);
      const stack = await this.#stack(folder, name);
      // An earlier run that was killed left its lock; the slot's lease is the lock among runs.
      await stack.cancel().catch(() => {});
      signal.throwIfAborted();
      const told = { onOutput: (text: string) => said(text, report), suppressProgress: true, signal };
      // The reaper removes namespaces without asking Pulumi. What a killed run was making is met again by this one.
      const outcome = stack.refresh({ ...told, clearPendingCreates: true }).then(() => stack.up(told));
      await outcome.catch((error) => {
        signal.throwIfAborted();
        throw error;
      });
    });
  }

  async forget(name: string, report: Report): Promise<void> {
    const config = { stack: stackOf(name), values: {} };
    await this.#within(name, config, "`pulumi destroy`", async (folder) => {
      this.#writeProject(folder, this.#args.root, config);
      const workspace = await LocalWorkspace.create({ workDir: folder, envVars: this.#args.env });
      const known = (await workspace.listStacks()).some(
        (one) => one.name.split("/").at(-1) === stackOf(name),
      );
      if (!known) return;
      const stack = await this.#stack(folder, name);
      await stack.cancel().catch(() => {});
      await stack.destroy({ onOutput: (text) => said(text, report), suppressProgress: true, remove: true });
    });
    rmSync(this.#log(name), { force: true });
  }

  /** Does work in a folder for it, which is gone afterwards; a failure of Pulumi is told in its own words. */
  async #within(
    name: string,
    { values }: StackConfig,
    what: string,
    work: (folder: string) => Promise<void>,
  ): Promise<void> {
    const folder = join(this.#args.root, ".local", "test-instances", name);
    try {
      await work(folder);
    } catch (error) {
      const output = outputOf(error);
      if (output === undefined) throw error;
      const { PULUMI_CONFIG_PASSPHRASE: passphrase = "" } = { ...process.env, ...this.#args.env };
      const secrets = [passphrase, ...textsIn(values.secrets)];
      throw pulumiFailure({ what, output, log: this.#log(name), secrets });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #log(name: string): string {
    return join(this.#args.root, ".local", "logs", `pulumi-${stackOf(name)}.log`);
  }

  #stack(workDir: string, name: string): Promise<Stack> {
    return LocalWorkspace.createOrSelectStack(
      { stackName: stackOf(name), workDir },
      { envVars: this.#args.env },
    );
  }

  /** A project of its own, so that no stack file appears in the checkout. It is gone after each run. */
  #writeProject(folder: string, program: string, { stack, values }: StackConfig): void {
    const project = parse(readFileSync(join(program, "Pulumi.yaml"), "utf8"));
    makeFolder(join(folder, "secrets"), 0o700);
    chmodSync(folder, 0o700);
    const own = { ...project, main: join(program, project.main) };
    writeFileSync(join(folder, "Pulumi.yaml"), yamlForEngine(own));
    const config = Object.fromEntries(
      Object.entries({
        ...values,
        ...(values.secrets !== undefined && { secrets: this.#files(folder, values.secrets) }),
      }).map(([key, value]) => [`${PREFIX}${key}`, value]),
    );
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), yamlForEngine({ config }), {
      mode: 0o600,
    });
  }

  /** Secrets go to files that the configuration names: in it, they would be in plain in Pulumi's own history. */
  #files(folder: string, secrets: unknown): Record<string, unknown> {
    const { forgeTokens = {}, ...named } = secrets as Record<string, unknown>;
    const toFile = (name: string, value: unknown) => {
      if (typeof value !== "string") return value;
      const file = join(folder, "secrets", name);
      const isEncoded = name in CATALOGUE && isBytes(CATALOGUE[name as SecretName].form);
      writeFileSync(file, isEncoded ? Buffer.from(value, "base64") : value, { mode: 0o600 });
      return { file };
    };
    const map = (values: object) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toFile(name, value)]));
    return { ...map(named), forgeTokens: map(forgeTokens as object) };
  }
}

/** What was done, and what went wrong; not each step on the way there. */
const TOLD = /\b(created|updated|replaced|deleted|unchanged|error|failed)\b/;

function said(text: string, report: Report): void {
  for (const line of text.split("\n")) if (TOLD.test(line)) report(line.trim());
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
