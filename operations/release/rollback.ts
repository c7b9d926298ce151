import { z } from "zod";
import { EnvironmentError, UserError } from "../../errors.ts";
import type { ReleaseContext } from "./context.ts";
import { DIGESTS, type Digests, digestsNow, pinnedReference, repositoryOf } from "./images.ts";
import { commitMonorepo } from "./monorepo.ts";
import { decidedMoves, MOVES, type Moves } from "./moves.ts";
import { refuseDirt } from "./preflight.ts";
import { apply, pin } from "./steps/deploy.ts";
import { restoreTopics } from "./topics.ts";

const BACK = z.object({ images: DIGESTS, moves: MOVES });

/** What is taken back: the images that prod is to run again, and the branches that were moved. */
type Back = z.output<typeof BACK>;

/**
 * Takes back what a release has done, in reverse: first the images that prod ran before, by their digests, so that
 * nothing follows a tag any more; then the branches. Returns what was taken back. A UserError, before anything is done,
 * says what is in the way.
 */
export async function rollBack(context: ReleaseContext): Promise<string> {
  const { ask, say, journal, isDry, name } = context;
  if (journal.end === "rolled back")
    throw new UserError(`The release ${name} was taken back already. Nothing is done twice.`);
  const agreed = journal.isGoingBack ? journal.back(BACK) : undefined;
  const plan = agreed ?? (await planned(context));
  if (Object.keys(plan.images).length + Object.keys(plan.moves).length === 0)
    throw new UserError(
      `The release ${name} has moved no branch: there is nothing to go back from. To go back from what pulumi up did, deploy the commit before it.`,
    );
  await refuseDirt(context);
  const lines = preview(context, plan);
  for (const line of lines) say(`  ${line}`);
  const moves = await movable(context, plan.moves);
  const round = journal.backs + (agreed === undefined ? 1 : 0);
  const what = round === 1 ? "all" : `all, time ${round}`;
  await ask.agree(`roll back ${what}`, "Go back to this?", lines);
  if (!isDry && agreed === undefined) journal.append({ type: "back", record: plan });
  await runFormer(context, what, plan.images);
  await pushBack(context, what, moves);
  await restoreTopics(context);
  if (!isDry) journal.append({ type: "end", how: "rolled back" });
  return [...Object.keys(plan.images), ...Object.keys(moves)].join(", ");
}

/** Takes one image back, and leaves all others and the branches as they are. */
export async function rollBackImage(context: ReleaseContext, image: string): Promise<string> {
  const { ask, say, journal, isDry, name } = context;
  repositoryOf(image);
  const digest = journal.fact("images before", DIGESTS)?.[image];
  if (digest === undefined)
    throw new UserError(`The release ${name} does not know what ${image} was before.`);
  const since = journal.fact(doneKey(image), z.string());
  if (since !== undefined)
    throw new UserError(
      `${image} was taken back at ${since}. If that was undone and is to be again, name ${pinnedReference(context, image, digest)} in packit:images of prod's stack file.`,
    );
  await refuseDirt(context);
  const lines = preview(context, { images: { [image]: digest }, moves: {} });
  for (const line of lines) say(`  ${line}`);
  await ask.agree(`roll back ${image}`, "Go back to this?", lines);
  await runFormer(context, image, { [image]: digest });
  if (!isDry) journal.append({ type: "fact", key: doneKey(image), value: context.pace.now().toISOString() });
  return image;
}

const doneKey = (image: string) => `taken back ${image}`;

/** Has prod run images by their digests. */
async function runFormer(context: ReleaseContext, what: string, digests: Digests): Promise<void> {
  if (Object.keys(digests).length === 0) return;
  const production = await context.services.production();
  const images = Object.fromEntries(
    Object.entries(digests).map(([key, digest]) => [key, pinnedReference(context, key, digest)]),
  );
  const message = `Go back to ${Object.keys(images).join(", ")} of before the release ${context.name} in prod`;
  await pin(context, production, { key: `rollback of ${what}: pin`, images, message });
  // What was committed can be taken back by whoever does not know why it is there.
  if (!context.isDry && !(await production.isPinned(images)))
    throw new UserError(
      `${production.file} does not name any more what going back has committed: ${Object.values(images).join(", ")}. Commit that again at packit:images, then: ${context.command("rollback")}`,
    );
  await apply(context, production, `rollback of ${what}: pulumi up`);
}

/**
 * What this release has moved, or may have: an intent may have been carried out. Of its images all are taken back, as
 * those that are not built yet will be, and others that a tag leads to by now.
 */
async function planned(context: ReleaseContext): Promise<Back> {
  const { journal, settings } = context;
  const moves = Object.fromEntries(
    Object.entries(decidedMoves(context) ?? {}).filter(
      ([name]) => journal.effect(`push ${name}`) !== undefined,
    ),
  );
  if (Object.keys(moves).length === 0) return { images: {}, moves };
  const before = journal.fact("images before", DIGESTS) ?? {};
  const now = await digestsNow(context).catch((error) => {
    if (!(error instanceof EnvironmentError)) throw error;
    return {} as Digests;
  });
  const own = settings.repositories.filter(({ name }) => name in moves).flatMap(({ images }) => images);
  const images = Object.entries(before).filter(([key, digest]) => own.includes(key) || now[key] !== digest);
  return { images: Object.fromEntries(images), moves };
}

function preview({ settings }: ReleaseContext, { images, moves }: Back): string[] {
  return [
    ...Object.entries(images).map(([key, digest]) => `${key}: image ${digest.slice(0, 19)}`),
    ...Object.entries(moves).map(
      ([name, move]) =>
        `${name}: ${settings.to} from ${move.new.slice(0, 10)} back to ${move.old.slice(0, 10)}`,
    ),
  ];
}

/** The branches that are where this release or its taking back has put them; of others it is accepted that they stay. */
async function movable(context: ReleaseContext, moves: Moves): Promise<Moves> {
  const { settings, services, ask } = context;
  const found: Moves = {};
  for (const repository of settings.repositories) {
    const { name } = repository;
    const move = moves[name];
    if (move === undefined) continue;
    const now = await services.clone(repository).remoteHead(settings.to);
    if (now === move.old || now === move.new) found[name] = move;
    else {
      const where = `${settings.to} of ${name} is at ${now?.slice(0, 10) ?? "no commit"}, where this release has not put it: somebody has moved it since.`;
      await ask.accept(`leave-${name}`, `${where}\nLeave it there, and take back the rest?`);
    }
  }
  return found;
}

async function pushBack(context: ReleaseContext, what: string, moves: Moves): Promise<void> {
  const { settings, services, effects, journal } = context;
  for (const { name, remote } of settings.repositories.toReversed()) {
    const move = moves[name];
    if (move === undefined) continue;
    const clone = services.clone({ name, remote });
    await effects.once({
      key: `rollback of ${what}: push ${name}`,
      title: `move ${settings.to} of ${name} back to ${move.old.slice(0, 10)}`,
      record: () => ({ old: move.new, new: move.old }),
      hasHappened: async () => (await clone.remoteHead(settings.to)) === move.old,
      act: () => clone.push({ sha: move.old, branch: settings.to, from: move.new, isForced: true }),
    });
  }
  const former = Object.fromEntries(Object.entries(moves).map(([name, move]) => [name, move.old]));
  if (Object.keys(former).length > 0 && journal.effect("monorepo") !== undefined)
    await commitMonorepo(
      context,
      `rollback of ${what}: monorepo`,
      former,
      `revert: ${settings.monorepo.message}`,
    );
}
