import { z } from "zod";

/** A commit's whole name. */
const sha = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);

export const repositoryAnswer = z.object({ full_name: z.string(), default_branch: z.string().min(1) });

export const pullAnswer = z.object({
  state: z.enum(["open", "closed"]),
  merged_at: z.string().nullish(),
  head: z.object({
    sha,
    // None once the fork is deleted.
    repo: z.object({ owner: z.object({ login: z.string() }).nullish() }).nullish(),
  }),
  base: z.object({ repo: z.object({ full_name: z.string() }) }).optional(),
  labels: z.array(z.object({ name: z.string() })),
});

/** Pull requests of a list, with the commits at their heads. */
export const pullsAnswer = z
  .array(z.object({ number: z.number(), head: z.object({ sha }) }))
  .transform((all) => all.map(({ number, head }) => ({ number, sha: head.sha })));

export const branchAnswer = z.object({ object: z.object({ sha }) });

export const comparisonAnswer = z.object({
  status: z.enum(["diverged", "ahead", "behind", "identical"]),
  merge_base_commit: z.object({ sha }),
});

const run = z
  .object({
    id: z.number(),
    display_title: z.string(),
    html_url: z.string(),
    status: z.string().nullish(),
    conclusion: z.string().nullish(),
    created_at: z.iso.datetime({ offset: true }),
  })
  .transform(({ id, display_title, html_url, status, conclusion, created_at }) => ({
    title: display_title,
    id,
    url: html_url,
    status: status ?? "queued",
    conclusion: conclusion ?? undefined,
    created: new Date(created_at),
  }));

/** Of a repository's runs, those that can be understood: another one is no reason to lose sight of them. */
export const runsAnswer = z
  .object({ workflow_runs: z.array(z.unknown()) })
  .transform(({ workflow_runs: all }) => all.flatMap((one) => run.safeParse(one).data ?? []));

/** A try of a workflow's run; its path may say besides at which commit the workflow is. */
export const attemptAnswer = z
  .object({ path: z.string(), status: z.string().nullish() })
  .transform(({ path, status }) => ({ workflow: path.replace(/@.*$/, ""), status: status ?? "queued" }));

export const jobsAnswer = z.object({
  jobs: z.array(z.object({ id: z.number(), name: z.string(), conclusion: z.string().nullish() })),
});

/** A log comes from a store of its own, which does not always call it text. */
export const logAnswer = z.union([
  z.string(),
  z.instanceof(ArrayBuffer).transform((bytes) => Buffer.from(bytes).toString()),
]);

const comment = z
  .object({
    id: z.number(),
    body: z.string().nullish(),
    html_url: z.string(),
    // None once the account is deleted.
    user: z.object({ login: z.string() }).nullish(),
  })
  .transform(({ id, body, html_url, user }) => ({
    id,
    body: body ?? "",
    url: html_url,
    author: user?.login,
  }));

export const commentAnswer = comment;

/** A comment with what there is to judge it by. */
export const wholeCommentAnswer = z
  .object({
    id: z.number(),
    body: z.string().nullish(),
    html_url: z.string(),
    user: z.object({ login: z.string(), type: z.string() }).nullish(),
    issue_url: z.string(),
    created_at: z.iso.datetime({ offset: true }),
    updated_at: z.iso.datetime({ offset: true }),
  })
  .transform(({ id, body, html_url, user, issue_url, created_at, updated_at }) => ({
    id,
    body: body ?? "",
    url: html_url,
    author: user?.login,
    isBots: user?.type === "Bot",
    isEdited: Date.parse(updated_at) !== Date.parse(created_at),
    /** What it stands on, as `packit/ogr#123`. */
    place: issue_url.replace(/^.*\/repos\/([^/]+\/[^/]+)\/issues\/(\d+)$/s, "$1#$2"),
  }));

const issueEvent = z
  .object({
    event: z.string(),
    created_at: z.iso.datetime({ offset: true }),
    // None once the account is deleted.
    actor: z.object({ login: z.string() }).nullish(),
    label: z.object({ name: z.string() }).optional(),
  })
  .transform(({ event, created_at, actor, label }) => ({
    event,
    at: new Date(created_at),
    by: actor?.login,
    label: label?.name,
  }));

/** The events on one page. */
export const issueEventsAnswer = z.array(issueEvent);

/** The comments on one page. */
export const commentsAnswer = z.array(comment);

/** The reactions on one page. */
export const reactionsAnswer = z.array(z.object({ user: z.object({ login: z.string() }).nullish() }));

export const permissionAnswer = z.object({ permission: z.string(), role_name: z.string().optional() });

/** What has no content. */
export const nothingAnswer = z.unknown();
