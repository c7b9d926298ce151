import { UserError } from "../../errors.ts";
import type { GitHub } from "../../github/github.ts";
import { type Reference, showReference } from "./reference.ts";

/** A reference, and the commit that it stands for now. */
export interface Resolved {
  readonly reference: Reference;
  /** Where git finds it. */
  readonly url: string;
  /** What git fetches there: the commit that was checked, whatever a branch is by then. */
  readonly sha: string;
}

/** A pull request is open no more: what was deployed from it is the last of it. */
export class NotOpen extends UserError {
  /** What it is, in words. */
  readonly state: string;

  constructor(state: string) {
    super(`${state}. Name its branch or commit to try it all the same.`);
    this.state = state;
  }
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

/** What the pull requests of an instance say: whether one has the label, and whether nothing of it is open any more. */
export async function pullsOf(github: GitHub, references: readonly Reference[]) {
  const pulls = references.flatMap(({ from, what }) =>
    what.kind === "pull" ? [{ from, number: what.number }] : [],
  );
  const all = await Promise.all(pulls.map(({ from, number }) => github.pullRequest(from, number)));
  return {
    isKept: all.some(({ labels }) => labels.includes(KEEP_LABEL)),
    isClosed: pulls.length === references.length && all.every(({ isOpen }) => !isOpen),
  };
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
    if (what.kind === "branch") return { reference, url, sha: await github.branch(from, what.name) };
    // Forks share their commits with the project: one of a stranger's would be found here.
    return { reference, url, sha: await github.commit(from, what.sha) };
  }
  const { isOpen, isMerged, owner, sha } = await github.pullRequest(from, what.number);
  if (!isOpen) throw new NotOpen(`${showReference(reference)} is ${isMerged ? "merged" : "closed"}`);
  refuseForeign(reference, owner, owners);
  return { reference, url, sha };
}

function refuseForeign(reference: Reference, owner: string | undefined, owners: readonly string[]): void {
  // GitHub's names are the same in whatever case.
  const allowed = owners.map((one) => one.toLowerCase());
  if (owner !== undefined && allowed.includes(owner.toLowerCase())) return;
  throw new UserError(
    `${showReference(reference)} is code of ${owner ?? "a deleted fork"}, and it would get an identity's secrets. Allowed are: ${owners.join(", ")} (packit:testInstances.owners).`,
  );
}
