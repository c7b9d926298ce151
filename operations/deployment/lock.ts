/** Who holds a lock of a stack, as Pulumi tells it of backends that are a bucket or a folder. */
export interface Lock {
  readonly user: string;
  readonly host: string;
  readonly since: string;
}

/** A run of the workflow that deploys, one try of it. */
export interface WorkflowTry {
  readonly run: number;
  readonly attempt: number;
}

/**
 * The locks that Pulumi names when it refuses to begin; nothing where it speaks of none, and of no owner. Either all
 * that it counts are named, or none is known.
 */
export function locksIn(said: string): readonly Lock[] | undefined {
  const count = /currently locked by (\d+) lock\(s\)/.exec(said)?.[1];
  if (count === undefined) return undefined;
  const locks = [...said.matchAll(/: created by (.*)@(\S*) \(pid \d+\) at (\S+)/g)].map(
    ([, user = "", host = "", since = ""]) => ({ user, host, since }),
  );
  return locks.length === Number(count) ? locks : undefined;
}

/** The name that the machine of a try has: Pulumi writes it into its lock, in every backend. */
export function hostOf({ run, attempt }: WorkflowTry): string {
  return `packit-deploy-${run}-${attempt}`;
}

/** The try whose machine has this name; nothing of any other machine, as a person's is. */
export function tryOf(host: string): WorkflowTry | undefined {
  const [, run, attempt] = /^packit-deploy-([1-9]\d*)-([1-9]\d*)$/.exec(host) ?? [];
  return run === undefined || attempt === undefined
    ? undefined
    : { run: Number(run), attempt: Number(attempt) };
}

/**
 * Why locks may not be removed; nothing if each is left over from a try that has ended. `pulumi cancel` removes all of
 * a stack's, so that one which may be somebody's keeps all.
 *
 * @param hasEnded Whether a try is one of this workflow's and has ended.
 */
export async function whyHeld(
  locks: readonly Lock[],
  hasEnded: (one: WorkflowTry) => Promise<boolean>,
): Promise<string | undefined> {
  for (const { user, host, since } of locks) {
    const owner = tryOf(host);
    if (owner === undefined)
      return `${user}@${host} has locked it since ${since}, which is no run of the workflow`;
    if (!(await hasEnded(owner)))
      return `run ${owner.run} of the workflow, which has locked it, has not ended`;
  }
  return undefined;
}
