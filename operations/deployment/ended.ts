import type { GitHub, Repository } from "../../github/github.ts";
import type { WorkflowTry } from "./lock.ts";

/** The file of the workflow that deploys. */
export const WORKFLOW = ".github/workflows/deploy.yml";

/** Whether a try is one of the workflow's that deploys, and has ended, as GitHub has it. */
export async function hasEnded(
  github: GitHub,
  repository: Repository,
  { run, attempt }: WorkflowTry,
): Promise<boolean> {
  const found = await github.attempt(repository, run, attempt);
  return found?.workflow === WORKFLOW && found.status === "completed";
}
