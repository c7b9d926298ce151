import { z } from "zod";

const account = z.object({ login: z.string() });

/** What GitHub tells of a run of the preview's workflow, when it begins and when it ends. */
export const runEvent = z
  .object({
    action: z.enum(["requested", "in_progress", "completed"]),
    repository: z.object({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) }),
    workflow_run: z.object({
      id: z.number().int().positive(),
      run_attempt: z.number().int().positive(),
      html_url: z.url(),
      head_sha: z.string().regex(/^[0-9a-f]{40}$/),
      head_branch: z.string(),
      // None once the fork is deleted.
      head_repository: z.object({ owner: account }).nullish(),
      conclusion: z.string().nullish(),
    }),
  })
  .transform(({ action, repository, workflow_run: run }) => {
    const [owner = "", name = ""] = repository.full_name.split("/");
    return {
      repository: { owner, name },
      isOver: action === "completed",
      conclusion: run.conclusion ?? undefined,
      url: run.html_url,
      head: run.head_sha,
      branch: run.head_branch,
      account: run.head_repository?.owner.login,
      order: orderOf(run.id, run.run_attempt, action === "completed"),
    };
  });

export type RunEvent = z.output<typeof runEvent>;

/** More attempts are taken for this one. */
const MOST_ATTEMPTS = 49;

/** A number that grows: from run to run, with each attempt at one, and from its begin to its end. */
function orderOf(id: number, attempt: number, isOver: boolean): number {
  return id * 100 + Math.min(attempt, MOST_ATTEMPTS) * 2 + (isOver ? 1 : 0);
}
