import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { ApiClient } from "../../cluster/api-client.ts";
import { stackObjects } from "../../cluster/apply.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { PREFIX } from "../../settings/stack-file.ts";
import type { Anything } from "../support/anything.ts";
import { type Changes, configOf, ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";

/** Whether Pulumi's CLI is on PATH; what needs the real engine is skipped where it is not. */
export const HAS_PULUMI = spawnSync("pulumi", ["version"]).status === 0;

const SECRETS = `${PREFIX}secrets`;

/** Stage with little in it, but for what holds data. */
const SMALL = {
  platform: "openshift",
  kubeContext: LOCAL_CONTEXT,
  managedPlatform: undefined,
  withBeat: false,
  withFedmsg: false,
  withFlower: false,
  withPushgateway: false,
  withBackup: false,
};

export interface Ran {
  readonly exitCode: number | undefined;
  /** What was said, on either stream. */
  readonly said: string;
}

/** A backend in a folder, of files that are whole whenever a run is killed. */
export function backendIn(folder: string): string {
  return `file://${folder}?metadata=skip`;
}

/** A stack of Pulumi's real engine on the shared control plane, in a project and a backend of its own. */
export class PulumiStack {
  readonly name: string;
  readonly namespace: string;
  readonly folder = mkdtempSync(join(tmpdir(), "packit-pulumi-"));
  readonly client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
  #env: Readonly<Record<string, string>> = { KUBECONFIG: PATHS.kubeconfig };

  constructor(name: string) {
    this.name = name;
    this.namespace = `packit--${name}`;
  }

  /** Writes the stack file with some settings changed; the stack's secrets are marked ones, encrypted. */
  async configure(changes: Changes = {}): Promise<void> {
    const { values } = configOf("stage", { ...SMALL, namespace: this.namespace, ...changes });
    const { secrets, ...plain } = Object.fromEntries(
      Object.entries(values).filter(([, value]) => value !== undefined),
    );
    const file = join(this.folder, `Pulumi.${this.name}.yaml`);
    if (!existsSync(file)) await this.#make(file, secrets);
    const { config: former, ...rest } = parse(readFileSync(file, "utf8"));
    const config = Object.fromEntries(Object.entries(plain).map(([key, value]) => [PREFIX + key, value]));
    config[SECRETS] = former[SECRETS];
    writeFileSync(file, stringify({ ...rest, config }, { lineWidth: 0 }));
  }

  /** A checkout as the engine sees one, with a stack in it that has secrets alone. */
  async #make(file: string, secrets: unknown): Promise<void> {
    for (const name of ["main.js", "preload.cjs", "package.json", "node_modules"])
      symlinkSync(join(ROOT, name), join(this.folder, name));
    const { runtime } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
    writeFileSync(join(this.folder, "Pulumi.yaml"), stringify({ name: "packit", runtime }));
    await this.pulumi("stack", "select", "--create", this.name);
    const settings = leaves(secrets, SECRETS).flatMap(([path, value]) => ["--secret", `${path}=${value}`]);
    const { exitCode, said } = await this.pulumi("config", "set-all", "--path", ...settings);
    if (exitCode !== 0 || !existsSync(file)) throw new Error(said);
  }

  /** Runs Pulumi's CLI as another person would from now on, or from another backend. */
  as(env: Readonly<Record<string, string>>): void {
    this.#env = { ...this.#env, ...env };
  }

  async pulumi(...args: readonly string[]): Promise<Ran> {
    const { exitCode, all } = await this.start(...args);
    return { exitCode, said: String(all) };
  }

  /** The same, as a process that can be killed, with all that it has started. */
  start(...args: readonly string[]) {
    return execa("pulumi", [...args, "--non-interactive"], {
      cwd: this.folder,
      all: true,
      reject: false,
      detached: true,
      env: {
        PULUMI_BACKEND_URL: backendIn(this.folder),
        PULUMI_CONFIG_PASSPHRASE: "of a test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        ...this.#env,
      },
    });
  }

  /** All that the engine remembers, in plain. */
  async state(): Promise<Anything> {
    return JSON.parse((await this.pulumi("stack", "export", "--show-secrets")).said).deployment;
  }

  /** What is in the cluster of the stack. */
  objects() {
    return stackObjects(this.client, this.name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** All texts of a tree, by their path as `pulumi config set --path` takes it. */
function leaves(tree: unknown, path: string): (readonly [path: string, value: string])[] {
  if (typeof tree !== "object" || tree === null) return tree === undefined ? [] : [[path, String(tree)]];
  return Object.entries(tree).flatMap(([key, value]) => leaves(value, `${path}[${JSON.stringify(key)}]`));
}
