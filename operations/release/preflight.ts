import { UserError } from "../../errors.ts";
import type { ReleaseContext } from "./context.ts";
import { cloneOf, refuseOtherSubmodules } from "./monorepo.ts";
import { forceKey, lossOf, positions, target } from "./moves.ts";
import type { Step } from "./step.ts";

/** Says all that would stop a release in its middle, before it does anything. */
export async function refuseUnready(context: ReleaseContext, steps: readonly Step[]): Promise<void> {
  const left = steps.filter(({ name }) => !context.choices.without.includes(name));
  const has = (name: string) => left.some((step) => step.name === name);
  refuseMissingTokens(context, left);
  if (has("deploy")) await refuseDirt(context);
  if (has("move-stable")) await refuseUnmovable(context);
}

/** Refuses to begin where a step that is left would lack its token. */
export function refuseMissingTokens(context: ReleaseContext, steps: readonly Step[]): void {
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

async function refuseDirt({ services }: ReleaseContext): Promise<void> {
  const dirt = await services.dirt();
  if (dirt.length > 0)
    throw new UserError(
      [
        "This checkout has changes that are not committed, and prod would be deployed with them:",
        ...dirt.map((line) => `  ${line}`),
        "Commit or stash them, or: --without deploy",
      ].join("\n"),
    );
}

/** Refuses what would fail in the middle: other submodules, hashes that are wrong, commits to be lost, no right to push. */
async function refuseUnmovable(context: ReleaseContext): Promise<void> {
  const { settings, services, choices } = context;
  const known = settings.repositories.map(({ name }) => name);
  const stray = Object.keys(choices.at).find((name) => !known.includes(name));
  if (stray !== undefined)
    throw new UserError(
      `--at names "${stray}", which is no repository here. There are: ${known.join(", ")}.`,
    );
  await refuseOtherSubmodules(context);
  const places = await positions(context);
  await Promise.all(
    places
      .filter(({ news }) => news.length > 0)
      .map(async (place) => {
        const { repository, main, stable } = place;
        const given = choices.at[repository.name];
        const sha = given === undefined ? main : await target(context, place, given);
        const push = { sha, branch: settings.to, from: stable, isDry: true };
        await services.clone(repository).push(push);
      }),
  );
  await refuseUnwritable(context);
  for (const place of places) {
    const key = forceKey(place.repository);
    const isLost = place.news.length > 0 && place.lost.length > 0;
    if (!isLost || context.isDry || context.ask.isPerson || context.ask.isAccepted(key)) continue;
    throw new UserError(`${lossOf(place, settings.to)}\nIf that is to be so: --accept ${key}`);
  }
}

/** Refuses a monorepo that may not be pushed to. */
async function refuseUnwritable(context: ReleaseContext): Promise<void> {
  const { branch } = context.settings.monorepo;
  const clone = cloneOf(context);
  const head = (await clone.commit(branch)) ?? "";
  await clone.push({ sha: head, branch, from: head, isDry: true });
}
