import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { afterAll } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { reasonOf } from "./installation.ts";
import { type Server, startServer } from "./server.ts";
import { type Command, missingOf, type Tool, tool } from "./tools.ts";

/** PostgreSQL refuses to run as root, so root runs it as nobody. */
const NOBODY = 65534;
const AS_NOBODY = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];

export interface Postgres {
  /** Why it cannot be started; for `describe.skipIf`. */
  readonly missing: string | undefined;
  /** Starts a new server for the test that runs. Each file is included at the end of postgresql.conf. */
  start(files?: Readonly<Record<string, string>>): Promise<PostgresServer>;
}

export interface PostgresServer extends Server {
  /** What leads psql, pg_dump and pg_restore to it. */
  readonly connection: readonly string[];
  /** Starts it again with the data that it had, once it was stopped. */
  startAgain(): Promise<void>;
  /** The rows of an answer, their columns with `|` between them. */
  query(sql: string, database?: string): Promise<string[]>;
}

/** PostgreSQL's server. To be awaited at the top of a test file, as {@link tool}. */
export async function postgres(): Promise<Postgres> {
  const tools = { initdb: await tool("initdb"), server: await tool("postgres"), psql: await tool("psql") };
  const missing = missingOf(...Object.values(tools)) ?? (await refusal());
  let template: Promise<string> | undefined;
  afterAll(async () => {
    if (template !== undefined) rmSync(await template, { recursive: true, force: true });
  });
  const start = async (files = {}) => {
    template ??= templateOf(tools.initdb);
    return startOf(tools, await template, files);
  };
  return { missing, start };
}

/** What every server of a test file begins with, made once: its data, and for root its programs. */
async function templateOf(initdb: Tool): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "packit-test-"));
  chmodSync(folder, 0o755);
  if (isRoot()) chownSync(folder, NOBODY, NOBODY);
  const init = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync"];
  const { file, args, env } = unprivileged(
    initdb.command([...init, "--pgdata", join(folder, "data")]),
    folder,
  );
  await execa(file, args, { env, cwd: folder });
  return folder;
}

/** Why root cannot run programs as another user here. */
async function refusal(): Promise<string | undefined> {
  if (!isRoot()) return undefined;
  try {
    await execa("setpriv", [...AS_NOBODY, "true"]);
    return undefined;
  } catch (error) {
    const reason = `PostgreSQL does not run as root, and root cannot become nobody: ${reasonOf(error)}`;
    process.stderr.write(`Skipped: the tests that need PostgreSQL: ${reason}\n`);
    return reason;
  }
}

async function startOf(
  { server, psql }: Readonly<Record<"server" | "psql", Tool>>,
  template: string,
  files: Readonly<Record<string, string>>,
): Promise<PostgresServer> {
  const folder = temporaryFolder();
  if (isRoot()) chownSync(folder, NOBODY, NOBODY);
  const data = join(folder, "data");
  await execa("cp", ["-a", join(template, "data"), data]);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    appendFileSync(join(data, "postgresql.conf"), `include '${join(folder, name)}'\n`);
  }
  const connection = ["--host", folder, "--port", "5432", "--username", "postgres"];
  const query = async (sql: string, database = "postgres") => {
    const form = ["--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1"];
    const { stdout } = await psql.run([...connection, ...form, "--dbname", database, "--command", sql]);
    return stdout === "" ? [] : stdout.split("\n");
  };
  // It listens at a socket in its folder alone, so that no two can meet at a port.
  const flags = ["-D", data, "-k", folder, "-h", "", "-p", "5432", "-F"];
  const run = () =>
    startServer({
      command: unprivileged(server.command(flags), template),
      cwd: folder,
      // Asks it to drop its clients; with SIGTERM it would wait for them.
      signal: "SIGINT",
      ready: async () => (await query("SELECT 1")).length === 1,
    });
  const running = await run();
  const startAgain = async () => {
    await run();
  };
  return { ...running, connection, query, startAgain };
}

/** The same command as nobody, of programs copied to where nobody can read them: root's home is closed to others. */
function unprivileged({ file, args, env }: Command, folder: string): Command {
  if (!isRoot()) return { file, args, env };
  const root = join(file, "../../../../../..");
  const copy = join(folder, "programs");
  const [libraries = "", ...others] = (env.LD_LIBRARY_PATH ?? "").split(":");
  const inside = libraries.slice(root.length + 1);
  if (!existsSync(copy)) {
    mkdirSync(copy);
    for (const part of ["usr/lib/postgresql", "usr/share/postgresql", inside]) {
      cpSync(join(root, part), join(copy, part), {
        recursive: true,
        // Bitcode is a half of it all, and only for the compiler of queries.
        filter: (path) => basename(path) !== "bitcode",
        verbatimSymlinks: true,
      });
    }
  }
  const path = [join(copy, inside), ...others].join(":");
  const moved = join(copy, file.slice(root.length + 1));
  return { file: "setpriv", args: [...AS_NOBODY, moved, ...args], env: { ...env, LD_LIBRARY_PATH: path } };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
