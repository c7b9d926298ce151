import { UserError } from "../../errors.ts";
import type { GitHub } from "../../github/github.ts";
import { type Reference, showReference } from "./reference.ts";

/** A reference, and the commit that it stands for now. */
export interface Resolved {
  readonly reference: Reference;
  /** Where git finds it. */
  readonly url: string;
  /** What git fetches there. */
  readonly ref: string;
  readonly sha: string;
}

/** The label of a pull request whose instance is kept, and of a namespace that is. */
export const KEEP_LABEL = "keep";

/**
 * Asks GitHub what references stand for. Code that would run with a pool's identities must be of an account that is
 * allowed to; a pull request must be open.
 */
export function resolve(
  github: GitHub,
  references: readonly Reference[],
  owners: readonly string[],
): Promise<Resolved[]> {
  return Promise.all(references.map((reference) => resolveOne(github, reference, owners)));
}

/** Whether nothing is left to be put on test: each reference is a pull request, and none of them is open. */
export async function areClosed(github: GitHub, references: readonly Reference[]): Promise<boolean> {
  const pulls = references.flatMap(({ from, what }) =>
    what.kind === "pull" ? [{ from, number: what.number }] : [],
  );
  if (pulls.length < references.length) return false;
  const all = await Promise.all(pulls.map(({ from, number }) => github.pullRequest(from, number)));
  return all.every(({ isOpen, labels }) => !isOpen && !labels.includes(KEEP_LABEL));
}

/** Whether a pull request says that its instance is to be kept. */
export async function isKeptByLabel(github: GitHub, references: readonly Reference[]): Promise<boolean> {
  const labels = await Promise.all(
    references.map(async ({ from, what }) => {
      return what.kind === "pull" ? (await github.pullRequest(from, what.number)).labels : [];
    }),
  );
  return labels.flat().includes(KEEP_LABEL);
}

async function resolveOne(
  github: GitHub,
  reference: Reference,
  owners: readonly string[],
): Promise<Resolved> {
  const { from, what } = reference;
  const url = `https://github.com/${from.owner}/${from.name}.git`;
  if (what.kind !== "pull") {
    refuseForeign(reference, from.owner, owners);
    const name = what.kind === "branch" ? what.name : what.sha;
    return { reference, url, ref: name, sha: await github.commit(from, name) };
  }
  const { isOpen, owner, sha } = await github.pullRequest(from, what.number);
  if (!isOpen)
    throw new UserError(
      `${showReference(reference)} is closed. Name its branch or commit to try it all the same.`,
    );
  refuseForeign(reference, owner, owners);
  return { reference, url, ref: `refs/pull/${what.number}/head`, sha };
}

function refuseForeign(reference: Reference, owner: string | undefined, owners: readonly string[]): void {
  if (owner !== undefined && owners.includes(owner)) return;
  throw new UserError(
    `${showReference(reference)} is code of ${owner ?? "a deleted fork"}, and it would get an identity's secrets. Allowed are: ${owners.join(", ")} (packit:testInstances.owners).`,
  );
}
