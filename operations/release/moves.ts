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
  /** What stable has and main lacks, as after a cherry-pick: moving it to main takes that away. */
  readonly lost: readonly Commit[];
  /** Those of them whose change is on main as another commit. */
  readonly picked: readonly string[];
}

const moves = z.record(z.string(), z.object({ old: z.string(), new: z.string() }));

/** From which commit to which each repository's stable branch is moved, by its name. */
export type Moves = z.output<typeof moves>;

/** What was decided, once it is. */
export function decidedMoves(context: ReleaseContext): Moves | undefined {
  return context.journal.fact("moves", moves);
}

/** What was decided; a UserError where it is not yet. */
export function knownMoves(context: ReleaseContext): Moves {
  const found = decidedMoves(context);
  if (found !== undefined) return found;
  throw new UserError("No branch was moved in this release yet. First: ./ops release move-stable");
}

/** The repositories that are moved, in the order of their dependencies. */
export function movedRepositories(context: ReleaseContext): RepositorySettings[] {
  const known = knownMoves(context);
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
  if (main === stable) return { repository, main, stable, news: [], lost: [], picked: [] };
  const news = await clone.between(stable, main);
  const isAhead = await clone.contains(main, stable);
  const lost = isAhead ? [] : await clone.between(main, stable);
  const picked = lost.length === 0 ? [] : await clone.picked(main, stable);
  return { repository, main, stable, news, lost, picked };
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
      `Commit ${given} of ${repository.name} is in ${to} already: that would go back. Give a newer one, or see: ./ops release rollback`,
    );
  return sha;
}

/** The key by which the loss of a branch's own commits is accepted. */
export function forceKey({ name }: Pick<RepositorySettings, "name">): string {
  return `force-${name}`;
}

/** What is lost where stable is moved to main, in words. */
export function lossOf({ repository, lost, picked }: Position, to: string): string {
  const lines = lost.map(({ sha, title }) => {
    const also = picked.includes(sha) ? " (the same change is on main)" : "";
    return `  ${sha.slice(0, 10)} ${title}${also}`;
  });
  return [`${to} of ${repository.name} has what main lacks, and would lose it:`, ...lines].join("\n");
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
  const known = knownMoves(context);
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
        "Images are built from what is there now. Abort this release and start another: ./ops release abort",
      ].join("\n"),
    );
}
