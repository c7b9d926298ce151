import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Pool } from "../../components/test-instance/pool.ts";
import { UserError } from "../../errors.ts";
import { readStacks } from "../../settings/stack-file.ts";
import { takenBy } from "../../settings/taken-names.ts";
import { hostsOf, namespacesOf } from "../../settings/test-instance.ts";
import { leaseName } from "./lease.ts";
import { nameOf, type Reference, showReference } from "./reference.ts";

/** The longest name: with it, the namespaces' names and the hosts' first labels are short enough. */
const NAME_LENGTH = 36;

/** What the names of an instance's own namespaces and hosts end with, and by which Packit knows stage's commands. */
const TAKEN_ENDS = [
  ...namespacesOf("x").map((one) => one.slice(namespacesOf("x")[0].length)),
  ...Object.values(hostsOf("x", { domain: "" })).map((one) => one.slice(1, -1)),
  "-stg",
].filter((end) => end !== "");

/** The names of leases, by which an instance goes whose own name cannot be read. */
const LEASE_NAME = new RegExp(`^${leaseName(0).replace("0", "\\d+")}$`);

/** A name that says what is on test; the same for the same references. */
export function defaultName(references: readonly Reference[]): string {
  const name = references.map(nameOf).join("-").replaceAll(/-+$/g, "");
  if (name.length <= NAME_LENGTH) return name;
  const hash = createHash("sha256").update(references.map(showReference).join()).digest("hex").slice(0, 6);
  return `${name.slice(0, NAME_LENGTH - 7).replace(/-+$/, "")}-${hash}`;
}

/**
 * A name that an instance may have; a UserError for any other.
 * @param root The folder of the project, whose stacks' names are taken.
 */
export function checkedName(name: string, pool: Pool, root = PROJECT): string {
  const why = faultOf(name) ?? takenBy(name, pool, readStacks(root));
  if (why === undefined) return name;
  throw new UserError(`The name ${JSON.stringify(name)} does not do: ${why}. Give another --name.`);
}

/** The project that this file is of. */
const PROJECT = join(import.meta.dirname, "..", "..");

function faultOf(name: string): string | undefined {
  const isLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= NAME_LENGTH;
  const end = TAKEN_ENDS.find((one) => name.endsWith(one));
  if (isLabel && end === undefined) return LEASE_NAME.test(name) ? "slots are called so" : undefined;
  const why = end === undefined ? "no dash at either end" : `${end} not at the end`;
  return `lower-case letters, digits and dashes, at most ${NAME_LENGTH}, ${why}`;
}
