import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECRETS, world } from "./backups.ts";
import { expectCopy, SAMPLE, tables } from "./database.ts";
import { type Moto, startMoto } from "./moto.ts";
import { postgres } from "./postgres.ts";
import { missingOf, tool } from "./tools.ts";

const python = await tool("python");
const tools = [await tool("pg_dump"), await tool("psql")];
const server = await postgres();

/** What the file of a pg_dump of version 17 or newer holds. */
const UNKNOWN = "SET transaction_timeout = 0;\n";

const missing = missingOf(python, ...tools) ?? server.missing;

describe.skipIf(missing)("backup.py, to PostgreSQL and S3", () => {
  let moto: Moto;
  let stop = async () => {};
  beforeAll(async () => {
    moto = await startMoto(python, {
      atEnd: (how) => {
        stop = how;
      },
    });
  }, 60_000);
  afterAll(() => stop());
  const start = () => world({ server, python, tools, moto });

  it("makes backups of which the newest one restores, whichever server knows its settings", async () => {
    const { databases, bucket, run } = await start();
    const [original, copy] = [await databases.create("original"), await databases.create("copy")];
    await original.query(SAMPLE);
    expect(await run("backup", original)).toMatchObject({ failed: false });
    const [name = ""] = await bucket.names();
    expect(name).toMatch(/^database\/\d{4}-\d\d-\d\dT[-\d.]+Z\.sql\.gz$/);
    const dump = gunzipSync(await bucket.get(name)).toString();
    await bucket.put(`${UNKNOWN}${dump}`, "database/9999-01-01T00-00-00Z.sql.gz");
    await bucket.put("an older one", "database/2000-01-01T00-00-00Z.sql.gz");
    const { failed, said } = await run("restore", copy);
    expect({ failed, said }).toEqual({
      failed: false,
      said: "Restored s3://backups/database/9999-01-01T00-00-00Z.sql.gz: 2 tables",
    });
    await expectCopy(copy, original);
  });

  it("deletes the oldest backups, and nothing that is no backup of its own", async () => {
    const { databases, bucket, run } = await start();
    const others = [
      "database-of-stage/1.sql.gz",
      "database/notes.txt",
      "database/stage/1.sql.gz",
      "1.sql.gz",
    ];
    const old = ["database/2001.sql.gz", "database/2003.sql.gz", "database/2002.sql.gz"];
    await bucket.put("", ...others, ...old);
    const { said } = await run("backup", await databases.create("packit"), { BACKUP_KEEP: "2" });
    expect(said).toMatch(/database\/2001.sql.gz, .*\n.*database\/2002.sql.gz, as 2 are kept$/);
    const left = await bucket.names();
    const made = /^Backed up to s3:\/\/backups\/(\S+),/.exec(said)?.[1];
    expect(left.toSorted()).toEqual([...others, "database/2003.sql.gz", made].toSorted());
  });

  it("restores the backup that is named, or nothing: into an empty database alone, and whole", async () => {
    const { databases, bucket, run } = await start();
    for (const year of [2001, 2002]) {
      await bucket.put(`CREATE TABLE of_${year} (id int);`, `named/${year}.sql.gz`);
    }
    const empty = await databases.create("empty");
    await run("restore", empty, { BACKUP_PREFIX: "named", BACKUP_NAME: "named/2001.sql.gz" });
    expect(await tables(empty)).toEqual(["of_2001"]);

    await bucket.put("DROP TABLE IF EXISTS kept; CREATE TABLE restored (id int);", "full/1.sql.gz");
    const full = await databases.create("packit");
    await full.query("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)");
    expect(await run("restore", full, { BACKUP_PREFIX: "full" })).toEqual({
      failed: true,
      said: "The database is not empty. Nothing was restored.",
    });
    expect(await tables(full)).toEqual(["kept"]);
    expect(await full.query("SELECT * FROM kept")).toEqual(["7"]);

    const other = await databases.create("other");
    expect(await run("restore", other)).toEqual({
      failed: true,
      said: "There is no backup at s3://backups/database/",
    });
    const broken =
      "CREATE TABLE first (id int);\nINSERT INTO nowhere VALUES (1);\nCREATE TABLE last (id int);\n";
    await bucket.put(broken, "database/1.sql.gz");
    const { failed, said } = await run("restore", other);
    expect(failed).toBe(true);
    expect(said).toContain('relation "nowhere" does not exist');
    expect(said).not.toContain("Restored");
    expect(await tables(other)).toEqual([]);
  });

  it("stores nothing where there is nothing to back up", async () => {
    const { bucket, run } = await start();
    const { failed, said } = await run("backup", { name: "nowhere", query: async () => [] });
    expect(failed).toBe(true);
    expect(said).toContain('database "nowhere" does not exist');
    expect(await bucket.names()).toEqual([]);
  });

  it("tells nobody a password or a key, by what it says or by arguments, whether it works or fails", async () => {
    const { databases, started, run } = await start();
    const database = await databases.create("packit");
    const results = [
      await run("backup", database),
      await run("restore", database),
      await run("backup", database, { POSTGRESQL_HOST: "/nowhere" }),
      await run("backup", database, { BACKUP_BUCKET: "nowhere" }),
    ];
    expect(results.map(({ failed }) => failed)).toEqual([false, false, true, true]);
    expect(started.arguments().split("\n")).toEqual(expect.arrayContaining(["pg_dump", "psql"]));
    const told = [...results.map(({ said }) => said), started.arguments()].join("\n");
    const { POSTGRESQL_USER: _, ...secrets } = SECRETS;
    for (const secret of Object.values(secrets)) expect(told).not.toContain(secret);
  });
});
