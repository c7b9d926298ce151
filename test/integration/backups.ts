import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { ROOT } from "../support/stacks.ts";
import { type Database, type Databases, databases, LOGIN, type Recorded, recorded } from "./database.ts";
import type { Moto } from "./moto.ts";
import type { Postgres } from "./postgres.ts";
import type { Tool } from "./tools.ts";

export const SECRETS = { ...LOGIN, AWS_ACCESS_KEY_ID: "AKIAPACKIT", AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI" };

export interface Result {
  readonly failed: boolean;
  /** All that it said. */
  readonly said: string;
}

export interface World {
  readonly databases: Databases;
  readonly bucket: Bucket;
  /** What backup.py started. */
  readonly started: Recorded;
  /** Runs backup.py for a database, with other variables than the usual ones. */
  run(
    command: "backup" | "restore",
    database: Database,
    others?: Readonly<Record<string, string>>,
  ): Promise<Result>;
}

export interface Bucket {
  /** The names of what is in it. */
  names(): Promise<string[]>;
  get(name: string): Promise<Buffer>;
  /** Puts a text, packed, under each name. */
  put(text: string, ...names: readonly string[]): Promise<void>;
}

export interface WorldArgs {
  readonly server: Postgres;
  readonly python: Tool;
  readonly tools: readonly Tool[];
  /** S3; all that is in it goes. */
  readonly moto: Moto;
}

/** A PostgreSQL server, S3 with a bucket, and backup.py between them as its pod has it: with nothing else around it. */
export async function world({ server, python, tools, moto }: WorldArgs): Promise<World> {
  await fetch(`${moto.url}/moto-api/reset`, { method: "POST" });
  const started = await databases(server);
  const bucket = await makeBucket(`${moto.url}/backups`);
  const script = join(ROOT, "components/backup/backup.py");
  const programs = recorded(tools);
  const usual = {
    ...SECRETS,
    POSTGRESQL_HOST: started.host,
    BACKUP_BUCKET: "backups",
    BACKUP_PREFIX: "database",
    BACKUP_KEEP: "14",
    BACKUP_ENDPOINT: moto.url,
  };
  return {
    databases: started,
    bucket,
    started: programs,
    run: async (command, { name }, others = {}) => {
      const { file, args, env: own } = python.command([script, command]);
      const local = { ...own, HOME: programs.folder, PATH: `${programs.folder}:${process.env.PATH}` };
      const env = { ...local, ...usual, POSTGRESQL_DATABASE: name, ...others };
      const alone = { env, extendEnv: false, stdin: "ignore" } as const;
      const { failed, all } = await execa(file, args, { ...alone, reject: false, all: true });
      return { failed, said: all };
    },
  };
}

async function makeBucket(url: string): Promise<Bucket> {
  // moto does not look at signatures, but hides from those who have none what others have put there.
  const headers = { authorization: "AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/s3/aws4_request" };
  const send = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path} is answered with ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  await send("", { method: "PUT" });
  return {
    names: async () =>
      [...String(await send("?list-type=2")).matchAll(/<Key>(.*?)<\/Key>/g)].map(([, name]) => name ?? ""),
    get: (name) => send(`/${name}`),
    put: async (text, ...names) => {
      const body = gzipSync(text);
      for (const name of names) await send(`/${name}`, { method: "PUT", body });
    },
  };
}
