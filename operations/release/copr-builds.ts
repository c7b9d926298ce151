import type { ReleaseContext } from "./context.ts";
import { type Look, waitFor } from "./wait.ts";

/** A package, and the commit that it is to be built of. */
export interface CoprBuilt {
  readonly name: string;
  readonly sha: string;
}

/** What a build can end with, other than well. */
const FAILED = ["failed", "canceled", "skipped"];

/** Waits until Copr has built each package of its commit: what is built later installs them from there. */
export async function waitForCopr(context: ReleaseContext, packages: readonly CoprBuilt[]): Promise<void> {
  if (packages.length === 0) return;
  const names = packages.map(({ name }) => name).join(", ");
  const look = async (): Promise<Look<true>> => {
    const states: string[] = [];
    for (const { name, sha } of packages) {
      const { latest, succeeded } = await context.services.copr.builds(name);
      const isOf = (version: string | undefined) => version?.includes(sha.slice(0, 7)) === true;
      if (isOf(succeeded?.version)) continue;
      if (latest !== undefined && isOf(latest.version) && FAILED.includes(latest.state))
        return { failed: `Copr's build of ${name} for ${sha.slice(0, 7)} is ${latest.state}: ${latest.url}` };
      states.push(isOf(latest?.version) ? `${name} is ${latest?.state}` : `${name} is not begun`);
    }
    return states.length === 0 ? { value: true } : { state: states.join(", ") };
  };
  await waitFor(context, { what: `Copr's builds of ${names}`, look });
}
