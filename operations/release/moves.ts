import { z } from "zod";
import type { RepositorySettings } from "../../components/release/settings.ts";
import { UserError } from "../../errors.ts";
import type { Commit } from "./clone.ts";
import type { ReleaseContext } from "./context.ts";

/** Where a repository's branches are, before anything is moved. */
export interface Position {
  readonly repository: RepositorySettings;
  /** The commits at the heads of the two branches. */
  readonly main: string;
  readonly stable: string;
  /** What main has and stable lacks, newest first. */
  readonly news: readonly Commit[];
}

export const MOVES = z.record(
  z.string(),
  z.object({
    old: z.string(),
    new: z.string(),
    // Whether it was accepted that commits of stable are lost.
    isForced: z.boolean(),
  }),
);

/** From which commit to which each repository's stable branch is moved, by its name. */
export type Moves = z.output<typeof MOVES>;

/** What was decided, once it is. */
export function decidedMoves(context: ReleaseContext): Moves | undefined {
  return context.journal.fact("moves", MOVES);
}

/** The repositories that are moved, in the order of their dependencies. */
export function movedRepositories(context: ReleaseContext): RepositorySettings[] {
  const known = decidedMoves(context) ?? {};
  return context.settings.repositories.filter(({ name }) => known[name]?.old !== known[name]?.new);
}

/** Where all repositories are, by asking each. */
export function positions(context: ReleaseContext): Promise<Position[]> {
  return Promise.all(context.settings.repositories.map((one) => position(context, one)));
}

async function position(context: ReleaseContext, repository: RepositorySettings): Promise<Position> {
  const { from, to } = context.settings;
  const clone = context.services.clone(repository);
  await clone.fetch(from, to);
  const [main = "", stable = ""] = await Promise.all([clone.commit(from), clone.commit(to)]);
  return { repository, main, stable, news: main === stable ? [] : await clone.between(stable, main) };
}

/** The commit that is meant by what somebody gave: one that is on main, and does not go back. */
export async function target(context: ReleaseContext, place: Position, given: string): Promise<string> {
  const { from, to } = context.settings;
  const { repository, main, stable } = place;
  const clone = context.services.clone(repository);
  const sha = /^[0-9a-f]{4,64}$/i.test(given) ? await clone.commit(given.toLowerCase()) : undefined;
  if (sha === undefined)
    throw new UserError(
      `${repository.name} has no commit "${given}". Give the hash of a commit on ${from}, as ${main.slice(0, 10)}.`,
    );
  if (!(await clone.contains(main, sha)))
    throw new UserError(
      `Commit ${given} of ${repository.name} is not on ${from}. Merge it first, or give one that is.`,
    );
  if (sha !== stable && (await clone.contains(stable, sha)))
    throw new UserError(
      `Commit ${given} of ${repository.name} is in ${to} already: that would go back. Give a newer one, or see: ${context.command("rollback")}`,
    );
  return sha;
}

/** Refuses a commit that is not on main any more, as somebody has rewritten that since it was chosen. */
export async function refuseRewritten(
  { services, settings, command }: ReleaseContext,
  repository: RepositorySettings,
  sha: string,
): Promise<void> {
  const clone = services.clone(repository);
  await clone.fetch(settings.from);
  if (await clone.contains(settings.from, sha)) return;
  throw new UserError(
    `Commit ${sha.slice(0, 10)} of ${repository.name} is not on ${settings.from} any more: somebody has rewritten that. Abort this release and start another: ${command("abort")}`,
  );
}

/** The key by which the loss of a branch's own commits is accepted. */
export function forceKey({ name }: Pick<RepositorySettings, "name">): string {
  return `force-${name}`;
}

/** What stable would lose by being moved to a commit, as after a cherry-pick, in words; nothing if it loses nothing. */
export async function lossBy(
  { services, settings }: ReleaseContext,
  { repository, stable }: Position,
  sha: string,
): Promise<string | undefined> {
  const clone = services.clone(repository);
  if (await clone.contains(sha, stable)) return undefined;
  const [lost, picked] = await Promise.all([clone.between(sha, stable), clone.picked(sha, stable)]);
  const lines = lost.map((commit) => {
    const also = picked.includes(commit.sha) ? " (the same change is there)" : "";
    return `  ${commit.sha.slice(0, 10)} ${commit.title}${also}`;
  });
  const head = `${settings.to} of ${repository.name} has what ${sha.slice(0, 10)} lacks, and would lose it:`;
  return [head, ...lines].join("\n");
}

/** The news of a repository, a line each, with pull requests. */
export function newsLines({ repository, stable, main, news }: Position): string[] {
  const head = `${repository.name}: ${stable.slice(0, 10)}..${main.slice(0, 10)}, ${news.length} new`;
  return [
    head,
    ...news.map(({ sha, title, pull }) => `  ${sha.slice(0, 10)} ${title}${pull ? ` (#${pull})` : ""}`),
  ];
}

/** Refuses to go on where a branch is not any more where this release has put it. */
export async function refuseMoved(context: ReleaseContext): Promise<void> {
  const { to } = context.settings;
  const known = decidedMoves(context) ?? {};
  if (context.isDry) return;
  const found = await Promise.all(
    movedRepositories(context).map(async (one) => {
      const now = await context.services.clone(one).remoteHead(to);
      const wanted = known[one.name]?.new;
      return now === wanted ? [] : [`  ${one.name}: at ${now?.slice(0, 10)}, not ${wanted?.slice(0, 10)}`];
    }),
  );
  const lines = found.flat();
  if (lines.length > 0)
    throw new UserError(
      [
        `Somebody has moved ${to} since this release did:`,
        ...lines,
        `Images are built from what is there now. Abort this release and start another: ${context.command("abort")}`,
      ].join("\n"),
    );
}
