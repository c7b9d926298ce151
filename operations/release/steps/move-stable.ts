import type { ReleaseContext } from "../context.ts";
import { type CoprBuilt, waitForCopr } from "../copr-builds.ts";
import { DIGESTS, digestsOfProd } from "../images.ts";
import { commitMonorepo, refuseOtherSubmodules } from "../monorepo.ts";
import {
  decidedMoves,
  forceKey,
  lossBy,
  type Moves,
  movedRepositories,
  newsLines,
  type Position,
  positions,
  refuseRewritten,
  target,
} from "../moves.ts";
import type { Step } from "../step.ts";

export const moveStable: Step = {
  name: "move-stable",
  title: "move the stable branches",
  async run(context) {
    const { journal, settings, services, effects } = context;
    await refuseOtherSubmodules(context);
    const moves = decidedMoves(context) ?? (await decide(context));
    if (journal.fact("images before", DIGESTS) === undefined)
      journal.append({ type: "fact", key: "images before", value: await digestsOfProd(context) });
    for (const repository of movedRepositories(context)) {
      const { name } = repository;
      const move = moves[name];
      if (move === undefined) continue;
      await waitForCopr(context, needsOf(context, repository.after, moves));
      const clone = services.clone(repository);
      await effects.once({
        key: `push ${name}`,
        title: `move ${settings.to} of ${name} from ${move.old.slice(0, 10)} to ${move.new.slice(0, 10)}`,
        record: () => move,
        hasHappened: async () => (await clone.remoteHead(settings.to)) === move.new,
        act: async () => {
          await refuseRewritten(context, repository, move.new);
          await clone.push({
            sha: move.new,
            branch: settings.to,
            from: move.old,
            isForced: move.isForced,
          });
        },
      });
    }
    const wanted = Object.fromEntries(Object.entries(moves).map(([name, move]) => [name, move.new]));
    await commitMonorepo(context, "monorepo", wanted, settings.monorepo.message);
    const names = movedRepositories(context).map(({ name }) => name);
    return names.length === 0 ? "nothing is new" : names.join(", ");
  },
};

/** Decides what is moved where, before anything is. */
async function decide(context: ReleaseContext): Promise<Moves> {
  const moves: Moves = {};
  for (const place of await positions(context)) {
    const { repository, stable, main, news } = place;
    if (news.length === 0) {
      context.say(`  ${repository.name}: nothing is new.`);
      moves[repository.name] = { old: stable, new: stable, isForced: false };
      continue;
    }
    for (const line of newsLines(place)) context.say(`  ${line}`);
    const wanted = await chosen(context, place, main);
    const loss = await lossBy(context, place, wanted);
    if (loss !== undefined) await acceptLoss(context, place, loss);
    moves[repository.name] = { old: stable, new: wanted, isForced: loss !== undefined };
  }
  context.journal.append({ type: "fact", key: "moves", value: moves });
  return moves;
}

async function chosen(context: ReleaseContext, place: Position, main: string): Promise<string> {
  const { name } = place.repository;
  const given = context.choices.at[name];
  if (given !== undefined) return target(context, place, given);
  if (context.isDry) return main;
  return context.ask.text(`hash of ${name}`, `${name}: up to which commit?`, main.slice(0, 12), (text) =>
    target(context, place, text),
  );
}

async function acceptLoss(context: ReleaseContext, { repository }: Position, loss: string): Promise<void> {
  await context.ask.accept(forceKey(repository), `${loss}\nForce it there?`);
}

function needsOf(context: ReleaseContext, names: readonly string[], moves: Moves): CoprBuilt[] {
  return names.flatMap((name) => {
    const found = context.settings.repositories.find((one) => one.name === name);
    const sha = moves[name]?.new;
    if (found?.package === undefined || sha === undefined) return [];
    return [{ name: found.package, sha }];
  });
}
