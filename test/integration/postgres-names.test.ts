import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sqlDatabase, sqlUser } from "../../schema/values.ts";
import { postgres } from "./postgres.ts";
import { missingOf, type Tool, tool } from "./tools.ts";

const createuser = await tool("createuser");
const createdb = await tool("createdb");
const server = await postgres();

/** PostgreSQL's key words, roles and databases, and names near those that it has for itself. */
const KNOWN =
  "SELECT word FROM pg_get_keywords() UNION SELECT rolname FROM pg_roles UNION SELECT datname FROM pg_database";
const NEAR = fc.stringMatching(/^(p|pg|pg_|postgres|public|none|template)[01_a-z]{0,2}$/);

/** Whether a role of a name can be made; it is gone again afterwards. */
const REFUSES = `
  CREATE FUNCTION refuses(name text) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    EXECUTE format('CREATE ROLE %I', name);
    EXECUTE format('DROP ROLE %I', name);
    RETURN false;
  EXCEPTION WHEN OTHERS THEN RETURN true;
  END $$`;

describe.skipIf(missingOf(createuser, createdb) ?? server.missing)("PostgreSQL", () => {
  it("makes a role of every name that a user may have, and of no other", async () => {
    const { query } = await server.start();
    const names = [...new Set([...(await query(KNOWN)), ...fc.sample(NEAR, 200)])];
    await query(REFUSES);
    const list = names.map((name) => `('${name}')`).join();
    const refused = await query(`SELECT name FROM (VALUES ${list}) AS list (name) WHERE refuses(name)`);
    expect(names.filter((name) => !sqlUser.safeParse(name).success).sort()).toEqual(refused.sort());
    expect(refused).toContain("pg_monitor");
  });

  it("makes by its own commands, as its image does, exactly what is taken", async () => {
    const { connection } = await server.start();
    const makes = async (program: Tool, name: string) => {
      try {
        await program.run([...connection, name]);
        return true;
      } catch (error) {
        if (/already exists|is reserved|is not allowed/.test(String(error))) return false;
        throw error;
      }
    };
    for (const name of ["postgres", "public", "none", "pg_x", "user", "template1", "packit"])
      expect([name, await makes(createuser, name)]).toEqual([name, sqlUser.safeParse(name).success]);
    for (const name of ["postgres", "template0", "template1", "public", "pg_x", "table", "packit"])
      expect([name, await makes(createdb, name)]).toEqual([name, sqlDatabase.safeParse(name).success]);
  });
});
