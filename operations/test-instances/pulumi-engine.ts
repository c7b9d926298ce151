import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { EnvironmentError } from "../../errors.ts";
import { CATALOGUE, type SecretName } from "../../settings/secret-catalogue.ts";
import { PREFIX, type StackConfig } from "../../settings/stack-file.ts";
import { stackOf } from "../../settings/test-instance.ts";
import { makeFolder } from "../../system/make-folder.ts";
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
    const folder = this.#folder(name);
    try {
      this.#writeProject(folder, program.root, config);
      const stack = await this.#stack(folder, name);
      // An earlier run that was killed left its lock; the slot's lease is the lock among runs.
      await stack.cancel().catch(() => {});
      signal.addEventListener("abort", () => void stack.cancel().catch(() => {}), { once: true });
      // The reaper removes namespaces without asking Pulumi.
      await stack.up({
        refresh: true,
        onOutput: (text) => said(text, report),
        suppressProgress: true,
      });
    } catch (error) {
      throw failure(error);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async forget(name: string, report: Report): Promise<void> {
    const folder = this.#folder(name);
    try {
      this.#writeProject(folder, this.#args.root, { stack: stackOf(name), values: {} });
      const workspace = await LocalWorkspace.create({ workDir: folder, envVars: this.#args.env });
      const known = (await workspace.listStacks()).some(
        (one) => one.name.split("/").at(-1) === stackOf(name),
      );
      if (!known) return;
      const stack = await LocalWorkspace.selectStack(
        { stackName: stackOf(name), workDir: folder },
        { envVars: this.#args.env },
      );
      await stack.cancel().catch(() => {});
      await stack.destroy({ onOutput: (text) => said(text, report), suppressProgress: true, remove: true });
    } catch (error) {
      throw failure(error);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
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
    writeFileSync(join(folder, "Pulumi.yaml"), stringify(own));
    const config = Object.fromEntries(
      Object.entries({
        ...values,
        ...(values.secrets !== undefined && { secrets: this.#files(folder, values.secrets) }),
      }).map(([key, value]) => [`${PREFIX}${key}`, value]),
    );
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), stringify({ config }, { lineWidth: 0 }), {
      mode: 0o600,
    });
  }

  /** Secrets go to files that the configuration names: in it, they would be in plain in Pulumi's own history. */
  #files(folder: string, secrets: unknown): Record<string, unknown> {
    const { forgeTokens = {}, ...named } = secrets as Record<string, unknown>;
    const toFile = (name: string, value: unknown) => {
      if (typeof value !== "string") return value;
      const file = join(folder, "secrets", name);
      const isBytes = name in CATALOGUE && CATALOGUE[name as SecretName].form === "base64";
      writeFileSync(file, isBytes ? Buffer.from(value, "base64") : value, { mode: 0o600 });
      return { file };
    };
    const map = (values: object) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toFile(name, value)]));
    return { ...map(named), forgeTokens: map(forgeTokens as object) };
  }

  #folder(name: string): string {
    return join(this.#args.root, ".local", "test-instances", name);
  }
}

/** What was done, and what went wrong; not each step on the way there. */
const TOLD = /\b(created|updated|replaced|deleted|unchanged|error|failed)\b/;

function said(text: string, report: Report): void {
  for (const line of text.split("\n")) if (TOLD.test(line)) report(line.trim());
}

function failure(error: unknown): unknown {
  if (!(error instanceof Error) || error.name === "UserError") return error;
  if (!("commandResult" in error) && !/pulumi/i.test(error.message)) return error;
  return new EnvironmentError(`Pulumi failed. It said:\n${error.message.trim()}`);
}
