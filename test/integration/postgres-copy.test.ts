import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/stacks.ts";
import { databases, expectCopy, LOGIN, type Recorded, recorded, SAMPLE, tables } from "./database.ts";
import { postgres } from "./postgres.ts";
import { missingOf, tool } from "./tools.ts";

const tools = [await tool("pg_dump"), await tool("psql")];
const server = await postgres();

describe.skipIf(missingOf(...tools) ?? server.missing)("copy.sh, to PostgreSQL", () => {
  it("copies a database to an empty one of another server, its password in no argument", async () => {
    const { from, to, copy } = await start();
    await from.query(SAMPLE);
    const programs = recorded(tools);
    const { stdout } = await copy(programs);
    expect(stdout).toMatch(/^Copied 2 tables from \S+ to \S+$/);
    await expectCopy(to, from);
    expect(programs.arguments()).toContain("pg_dump");
    expect(programs.arguments()).not.toContain(LOGIN.POSTGRESQL_PASSWORD);
  });

  it("refuses a target that is not empty, and leaves it as it is", async () => {
    const { from, to, copy } = await start();
    await from.query(SAMPLE);
    await to.query("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)");
    await expect(copy()).rejects.toThrow(/is not empty. Nothing was copied/);
    expect(await tables(to)).toEqual(["kept"]);
    expect(await to.query("SELECT * FROM kept")).toEqual(["7"]);
  });

  it("fails where pg_dump does, be it at the very end", async () => {
    const { to, copy } = await start();
    await expect(copy(recorded(tools), "/nowhere")).rejects.toThrow(/pg_dump: error: connection/);
    await expect(copy(recorded(tools, { pg_dump: "; exit 1" }))).rejects.toThrow(/exit code 1/);
    expect(await tables(to)).toEqual([]);
  });

  it("fails and leaves the target empty when the source breaks off, so that it can be run again", async () => {
    const { from, to, copy } = await start();
    await from.query(SAMPLE);
    // Up to the middle of the rows of a table.
    const broken = recorded(tools, { pg_dump: "| sed '/^COPY public.projects/{n;q}'; exit 1" });
    await expect(copy(broken)).rejects.toThrow(/exit code 1/);
    expect(await tables(to)).toEqual([]);
    await copy();
    await expectCopy(to, from);
  });
});

/** Two servers with an empty database each, and what copies from the one to the other. */
async function start() {
  const [first, second] = await Promise.all([databases(server), databases(server)]);
  const [from, to] = await Promise.all([first.create("packit"), second.create("packit")]);
  const script = join(ROOT, "components/postgres/copy.sh");
  const copy = ({ folder }: Recorded = recorded(tools), source = first.host) => {
    const env = { ...LOGIN, POSTGRESQL_DATABASE: "packit", COPY_FROM: source, COPY_TO: second.host };
    const PATH = `${folder}:${process.env.PATH}`;
    return execa("bash", [script], {
      env: { ...env, HOME: folder, PATH },
      extendEnv: false,
      stdin: "ignore",
    });
  };
  return { from, to, copy };
}
