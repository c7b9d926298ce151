import { UserError } from "../../errors.ts";
import type { ReleaseContext } from "./context.ts";
import { builtDigests, DIGESTS, type Digests, pinnedReference, repositoryOf } from "./images.ts";
import { commitMonorepo } from "./monorepo.ts";
import { decidedMoves, type Moves } from "./moves.ts";
import { apply, pin } from "./steps/deploy.ts";
import { restore } from "./topics.ts";

/** The key of the answer by which a release is taken back as a whole. */
export const ALL_BACK = "roll back all";

/**
 * Takes back what a release has done, in reverse: first the images that prod ran before, by their digests, so that
 * nothing follows a tag any more; then the branches. A single image leaves the branches as they are.
 */
export async function rollBack(context: ReleaseContext): Promise<string> {
  const { services, ask, say, choices, journal, isDry } = context;
  const digests = formerDigests(context);
  const moved = choices.image === undefined ? pushedMoves(context) : {};
  if (Object.keys(digests).length + Object.keys(moved).length === 0) return "nothing was released";
  for (const line of preview(context, digests, moved)) say(`  ${line}`);
  const what = choices.image ?? "all";
  if (!isDry)
    await ask.agree(choices.image === undefined ? ALL_BACK : `roll back ${what}`, "Go back to this?");
  const production = await services.production();
  const images = Object.fromEntries(
    Object.entries(digests).map(([key, digest]) => [key, pinnedReference(context, key, digest)]),
  );
  await pin(context, production, { key: `rollback of ${what}: pin`, images });
  await apply(context, production, `rollback of ${what}: pulumi up`);
  await pushBack(context, moved);
  if (choices.image === undefined) {
    for (const chat of services.chats) await restore(context, chat);
    if (journal.end === undefined && !isDry) journal.append({ type: "end", how: "rolled back" });
  }
  return [...Object.keys(digests), ...Object.keys(moved)].join(", ");
}

/** The digests that prod ran before, of those images that this release has built anew. */
function formerDigests(context: ReleaseContext): Digests {
  const { image } = context.choices;
  const before = context.journal.fact("images before", DIGESTS) ?? {};
  const built = builtDigests(context);
  if (image !== undefined) {
    repositoryOf(image);
    const digest = before[image];
    if (digest === undefined) throw new UserError(`This release does not know what ${image} was before.`);
    return { [image]: digest };
  }
  const changed = Object.entries(before).filter(([key, digest]) => (built[key] ?? digest) !== digest);
  return Object.fromEntries(changed);
}

/** The branches that were moved, or may have been. */
function pushedMoves(context: ReleaseContext): Moves {
  const moves = decidedMoves(context) ?? {};
  return Object.fromEntries(
    Object.entries(moves).filter(([name]) => context.journal.effect(`push ${name}`) !== undefined),
  );
}

function preview({ settings }: ReleaseContext, digests: Digests, moves: Moves): string[] {
  return [
    ...Object.entries(digests).map(([key, digest]) => `${key}: image ${digest.slice(0, 19)}`),
    ...Object.entries(moves).map(
      ([name, move]) =>
        `${name}: ${settings.to} from ${move.new.slice(0, 10)} back to ${move.old.slice(0, 10)}`,
    ),
  ];
}

async function pushBack(context: ReleaseContext, moves: Moves): Promise<void> {
  const { settings, services, effects, journal } = context;
  for (const { name, remote } of settings.repositories.toReversed()) {
    const move = moves[name];
    if (move === undefined) continue;
    const clone = services.clone({ name, remote });
    await effects.once({
      key: `rollback push ${name}`,
      title: `move ${settings.to} of ${name} back to ${move.old.slice(0, 10)}`,
      record: () => ({ old: move.new, new: move.old }),
      hasHappened: async () => (await clone.remoteHead(settings.to)) === move.old,
      act: () => clone.push({ sha: move.old, branch: settings.to, from: move.new }),
    });
  }
  const former = Object.fromEntries(Object.entries(moves).map(([name, move]) => [name, move.old]));
  if (Object.keys(former).length > 0 && journal.effect("monorepo") !== undefined)
    await commitMonorepo(context, "rollback monorepo", former, `revert: ${settings.monorepo.message}`);
}
