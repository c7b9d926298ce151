import { UserError } from "../../errors.ts";
import type { ReleaseContext } from "./context.ts";
import { imageKeys } from "./images.ts";
import { cloneOf, refuseOtherSubmodules } from "./monorepo.ts";
import { decidedMoves, forceKey, lossBy, type Moves, type Position, positions, target } from "./moves.ts";
import { type Step, stepsLeft } from "./step.ts";

/** The danger that images which prod's stack file names stay what they are. */
const PINNED = "pinned";

/** Says all that would stop steps of a release in their middle, before they do anything. */
export async function refuseUnready(context: ReleaseContext, steps: readonly Step[]): Promise<void> {
  const { choices, journal, command } = context;
  if (journal.isGoingBack)
    throw new UserError(`This release is being taken back. To go on with that: ${command("rollback")}`);
  const left = stepsLeft(context, steps);
  const has = (name: string) => left.some((step) => step.name === name);
  refuseStray(context);
  refuseMissingTokens(context, left);
  if (has("deploy")) await refuseDirt(context);
  if (has("deploy") || has("verify")) await refusePinned(context);
  const moves = decidedMoves(context);
  if (moves !== undefined) refuseOtherChoices(context, moves);
  else if (has("move-stable")) await refuseUnmovable(context);
  else if (Object.keys(choices.at).length > 0) await wantedMoves(context);
}

/** Refuses what the command line names and is not here. */
export function refuseStray({ settings, choices, ask }: ReleaseContext): void {
  const names = settings.repositories.map(({ name }) => name);
  const stray = Object.keys(choices.at).find((name) => !names.includes(name));
  if (stray !== undefined)
    throw new UserError(
      `--at names "${stray}", which is no repository here. There are: ${names.join(", ")}.`,
    );
  const dangers = ["stage", PINNED, ...names.flatMap((name) => [forceKey({ name }), `leave-${name}`])];
  const danger = ask.accepted.find((key) => !dangers.includes(key));
  if (danger !== undefined)
    throw new UserError(
      `--accept is "${danger}", which is no danger. There are: stage, ${PINNED}, force-NAME and leave-NAME, with one of: ${names.join(", ")}.`,
    );
}

/** Refuses to begin where a step that is left would lack its token. */
function refuseMissingTokens(context: ReleaseContext, steps: readonly Step[]): void {
  // What is only said needs none.
  if (context.isDry) return;
  const lines = steps.flatMap((step) => {
    const missing = (step.tokens?.(context) ?? []).filter((name) => !context.tokens.includes(name));
    return missing.map(
      (name) => `${step.name} needs ${name}, which is not set. Set it, or: --without ${step.name}`,
    );
  });
  if (lines.length > 0) throw new UserError(lines.join("\n"));
}

/** Refuses to deploy prod with what is not committed, but for what this release was killed at committing. */
export async function refuseDirt({ services, journal }: ReleaseContext): Promise<void> {
  const pins = journal.intended("").filter((key) => key === "pin images" || key.endsWith(": pin"));
  const isPinning = pins.some((key) => journal.effect(key)?.isDone === false);
  const own = isPinning ? (await services.production()).file : undefined;
  const dirt = (await services.dirt()).filter((line) => own === undefined || !line.endsWith(` ${own}`));
  if (dirt.length > 0)
    throw new UserError(
      [
        "This checkout has changes that are not committed, and prod would be deployed with them:",
        ...dirt.map((line) => `  ${line}`),
        "Commit them, or put them aside: git stash --include-untracked",
      ].join("\n"),
    );
}

/** Refuses images that prod's stack file names, as going back leaves them: what is released would not run. */
async function refusePinned(context: ReleaseContext): Promise<void> {
  const production = await context.services.production();
  if (production.policy === "pinned" || context.ask.isAccepted(PINNED)) return;
  const pinned = production.pinned();
  const names = imageKeys(context).filter((key) => Object.hasOwn(pinned, key));
  if (names.length > 0)
    throw new UserError(
      `${production.file} names the digests of ${names.join(", ")}, as going back leaves it: prod would not run what is released. Take them out of packit:images there and commit that; or, if they are to stay: --accept ${PINNED}`,
    );
}

/** Refuses another commit than was decided: branches are moved already, or are about to be. */
function refuseOtherChoices({ choices, command }: ReleaseContext, moves: Moves): void {
  for (const [name, given] of Object.entries(choices.at)) {
    const decided = moves[name]?.new ?? "";
    if (!decided.startsWith(given.toLowerCase()))
      throw new UserError(
        `--at is ${name}=${given}, and this release moves ${name} to ${decided.slice(0, 10)}: that was decided. To choose anew, end it and start another: ${command("abort")}`,
      );
  }
}

/** Where repositories are, and the commit that is wanted for each; a UserError for one that cannot be. */
async function wantedMoves(context: ReleaseContext): Promise<{ place: Position; sha: string }[]> {
  const { at } = context.choices;
  const places = await positions(context);
  return Promise.all(
    places.map(async (place) => {
      const given = at[place.repository.name];
      return { place, sha: given === undefined ? place.main : await target(context, place, given) };
    }),
  );
}

/** Refuses what would fail in the middle: other submodules, hashes that are wrong, commits to be lost, no right to push. */
async function refuseUnmovable(context: ReleaseContext): Promise<void> {
  const { settings, services, ask, isDry } = context;
  await refuseOtherSubmodules(context);
  const moves = (await wantedMoves(context)).filter(({ place }) => place.news.length > 0);
  await Promise.all(
    moves.map(({ place: { repository, stable }, sha }) =>
      services
        .clone(repository)
        .push({ sha, branch: settings.to, from: stable, isForced: true, isDry: true }),
    ),
  );
  await refuseUnwritable(context);
  if (isDry || ask.isAsking) return;
  const losses = await Promise.all(
    moves.map(async ({ place, sha }) => {
      const loss = await lossBy(context, place, sha);
      const key = forceKey(place.repository);
      return loss === undefined || ask.isAccepted(key)
        ? []
        : [`${loss}\nIf that is to be so: --accept ${key}`];
    }),
  );
  if (losses.flat().length > 0) throw new UserError(losses.flat().join("\n"));
}

/** Refuses a monorepo that may not be pushed to. */
async function refuseUnwritable(context: ReleaseContext): Promise<void> {
  const { branch } = context.settings.monorepo;
  const clone = cloneOf(context);
  const head = (await clone.commit(branch)) ?? "";
  await clone.push({ sha: head, branch, from: head, isDry: true });
}
