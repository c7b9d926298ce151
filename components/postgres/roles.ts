import type * as pulumi from "@pulumi/pulumi";
import type { Environment, Mount } from "../../kubernetes/container.ts";
import { configMapFiles, secretFiles } from "../../kubernetes/files.ts";
import { program } from "../../kubernetes/program.ts";
import type { DatabaseArgs } from "./database-args.ts";

/** What a PostgreSQL that has further users is told besides. */
export interface DatabaseRoles {
  readonly env: Environment;
  readonly mounts: readonly Mount[];
}

/** What makes the users: only the server's own image may, which sources it at each start. */
const SCRIPT = program(import.meta.dirname, "roles.sh");

/** The Secret of the users' passwords, and what makes the users of them at each start of PostgreSQL. */
export function databaseRoles(
  name: string,
  { destination, roles, password }: DatabaseArgs,
  opts: pulumi.CustomResourceOptions,
): DatabaseRoles {
  const data = Object.fromEntries(roles.map((role) => [role.user, password(role.password)]));
  const passwords = secretFiles(`${name}-passwords`, { destination, name: "postgres-roles", data }, opts);
  const script = configMapFiles(
    `${name}-script`,
    { destination, name: "postgres-roles", data: { "roles.sh": SCRIPT } },
    opts,
  );
  const users = roles.map(({ user }) => user);
  const mount = (volume: string, path: string, file: ReturnType<typeof passwords.pick>): Mount => {
    return { name: volume, path, readOnly: true, from: { files: [file] } };
  };
  return {
    env: { DATABASE_ROLES: roles.map(({ user, memberOf }) => `${user}:${memberOf}`).join(" ") },
    mounts: [
      mount("roles", "/roles", passwords.pick(...users)),
      mount("start", "/opt/app-root/src/postgresql-start", script.pick("roles.sh")),
    ],
  };
}
