import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import type { Postgres, PostgresServer } from "./postgres.ts";
import type { Tool } from "./tools.ts";

const PASSWORD = "correct-horse_7";

/** What scripts are told of a database: its owner's account, whose password the server asks for. */
export const LOGIN = { POSTGRESQL_USER: "packit", POSTGRESQL_PASSWORD: PASSWORD };

/** What of a database's content a copy may lose. Its name sorts before that of what it refers to. */
export const SAMPLE = `
CREATE TABLE projects (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE builds (id serial PRIMARY KEY, project int NOT NULL REFERENCES projects, log text);
INSERT INTO projects (name) VALUES ('packit'), ('ogr');
INSERT INTO builds (project, log) VALUES (1, E'a\\n\\\\b\\tc; é'), (2, NULL), (2, '')`;

export interface Databases {
  /** Where the server is. */
  readonly host: string;
  /** The server itself. */
  readonly server: PostgresServer;
  /** Makes an empty one, as PostgreSQL's image makes its own. */
  create(name: string): Promise<Database>;
}

export interface Database {
  readonly name: string;
  /** Asks as the owner. */
  query(sql: string): Promise<string[]>;
}

/** A server whose databases have one owner. */
export async function databases(postgres: Postgres): Promise<Databases> {
  const folder = temporaryFolder();
  // The server's user reads it.
  chmodSync(folder, 0o755);
  const hba = join(folder, "pg_hba.conf");
  writeFileSync(hba, "local all postgres trust\nlocal all all scram-sha-256\n");
  const server = await postgres.start({ "login.conf": `hba_file = '${hba}'\n` });
  await server.query(`CREATE ROLE packit LOGIN PASSWORD '${PASSWORD}'`);
  const create = async (name: string) => {
    await server.query(`CREATE DATABASE ${name} OWNER packit`);
    return { name, query: (sql: string) => server.query(`SET ROLE packit; ${sql}`, name) };
  };
  return { host: server.connection[1] ?? "", server, create };
}

/** The names of a database's tables. */
export function tables({ query }: Database): Promise<string[]> {
  return query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
}

/** Fails where a database is not a copy of another one with the sample in it. Spends a number of both sequences. */
export async function expectCopy(copy: Database, original: Database): Promise<void> {
  for (const sql of [
    "SELECT * FROM projects ORDER BY id",
    "SELECT *, log IS NULL FROM builds ORDER BY id",
    "SELECT nextval('projects_id_seq'), nextval('builds_id_seq')",
  ]) {
    expect(await copy.query(sql), sql).toEqual(await original.query(sql));
  }
  await expect(copy.query("INSERT INTO builds (project) VALUES (9)")).rejects.toThrow(/foreign key/);
  await expect(copy.query("INSERT INTO projects VALUES (1, 'again')")).rejects.toThrow(/unique/);
}

/** Programs of PostgreSQL that write down how they were started. */
export interface Recorded {
  /** The folder that they are in, for PATH. */
  readonly folder: string;
  /** The arguments that they were started with, one a line. */
  arguments(): string;
}

/** Stand-ins of programs' names that start the programs. What is of `after` takes what the program writes. */
export function recorded(tools: readonly Tool[], after: Readonly<Record<string, string>> = {}): Recorded {
  const folder = temporaryFolder();
  const record = join(folder, "arguments");
  for (const { name, command } of tools) {
    const { file, env } = command([]);
    const start = `LD_LIBRARY_PATH='${env.LD_LIBRARY_PATH}' '${file}' "$@" ${after[name] ?? ""}`;
    const text = `#!/bin/sh\nprintf '%s\\n' ${name} "$@" >> '${record}'\n${start}\n`;
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  }
  return { folder, arguments: () => (existsSync(record) ? readFileSync(record, "utf8") : "") };
}
