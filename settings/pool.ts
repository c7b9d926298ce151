import { type Pool, pool } from "../components/test-instance/pool.ts";
import { UserError } from "../errors.ts";
import { check } from "./check.ts";
import { readProject } from "./stack-file.ts";
import { violationsError } from "./violation.ts";

/** Reads the pool of test instances from Pulumi.yaml; `changes` take the place of what stands there. */
export function loadPool(root: string, changes: Readonly<Record<string, unknown>> = {}): Pool {
  const project = readProject(root);
  const values = project.values();
  if (values.testInstances === undefined && !("domain" in changes))
    throw new UserError(
      "Pulumi.yaml has no packit:testInstances. See docs/test-instances.md, or try --local.",
    );
  const all = { ...(values.testInstances as object | undefined), ...changes };
  const checked = check(pool, all, ["testInstances"]);
  if ("data" in checked) return checked.data;
  throw violationsError({ stack: "test", values, file: project, project }, checked.violations);
}
