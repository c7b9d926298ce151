import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";
import { databases, recorded } from "./database.ts";
import { postgres } from "./postgres.ts";
import { missingOf, tool } from "./tools.ts";

const psql = await tool("psql");
const server = await postgres();

const PASSWORD = 'it\'s \\a "p%ssword"';

describe.skipIf(missingOf(psql) ?? server.missing)("roles.sh, to PostgreSQL", () => {
  it("makes each user with its password, a member of one role and of no other right", async () => {
    const { makeRoles, query, login } = await start();
    await makeRoles("monitor:pg_monitor", { monitor: PASSWORD });
    expect(await login("monitor", PASSWORD)).toEqual(["monitor"]);
    await expect(login("monitor", "another")).rejects.toThrow(/password authentication failed/);
    expect(
      await query(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = 'monitor'",
      ),
    ).toEqual(["f|f|f|f"]);
    const groups = "SELECT roleid::regrole FROM pg_auth_members WHERE member = 'monitor'::regrole";
    expect(await query(groups)).toEqual(["pg_monitor"]);
  });

  it("gives a user that is there the password that it has now", async () => {
    const { makeRoles, login } = await start();
    await makeRoles("monitor:pg_monitor", { monitor: "former" });
    await makeRoles("monitor:pg_monitor", { monitor: PASSWORD });
    expect(await login("monitor", PASSWORD)).toEqual(["monitor"]);
    await expect(login("monitor", "former")).rejects.toThrow(/password authentication failed/);
  });

  it("puts no password into arguments or its output", async () => {
    const { makeRoles, programs } = await start();
    const { all } = await makeRoles("monitor:pg_monitor", { monitor: PASSWORD });
    expect(programs.arguments()).toContain("user=monitor");
    expect(programs.arguments() + all).not.toContain("p%ssword");
  });

  it("lets PostgreSQL start where a user cannot be made, and makes the others", async () => {
    const { makeRoles, login } = await start();
    const { all } = await makeRoles("one:no_such_role two:pg_monitor", { one: "one", two: PASSWORD });
    expect(all).toContain("The role one could not be made.");
    expect(await login("two", PASSWORD)).toEqual(["two"]);
  });
});

/** A server, and the script as its image sources it: as the superuser, and ending with the first error. */
async function start() {
  const { server: running, host } = await databases(server);
  const programs = recorded([psql]);
  const makeRoles = (roles: string, passwords: Readonly<Record<string, string>>) => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    for (const [user, password] of Object.entries(passwords)) writeFileSync(join(folder, user), password);
    const script = join(ROOT, "components/postgres/roles.sh");
    return execa("bash", ["-euc", `source '${script}'; echo started`], {
      all: true,
      env: {
        PATH: `${programs.folder}:${process.env.PATH}`,
        ...{ PGHOST: host, PGPORT: "5432", PGUSER: "postgres" },
        ...{ DATABASE_ROLES: roles, ROLES_DIRECTORY: folder },
      },
    });
  };
  const login = async (user: string, password: string) => {
    const { file, args, env } = psql.command([
      ...["--host", host, "--port", "5432", "--username", user, "--no-psqlrc", "--tuples-only", "--no-align"],
      ...["--dbname", "postgres", "--command", "SELECT current_user"],
    ]);
    const { stdout } = await execa(file, args, { env: { ...env, PGPASSWORD: password } });
    return stdout.split("\n");
  };
  return { makeRoles, login, programs, query: running.query };
}
