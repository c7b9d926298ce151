import type { Pool } from "../../components/test-instance/pool.ts";
import { showDuration } from "../../schema/duration.ts";
import { PART_NAMES } from "../../settings/test-instance.ts";
import { addressesOf, namespacesIn } from "./addresses.ts";
import { budgetOf } from "./context.ts";
import { type Build, limits } from "./image-plan.ts";
import { exceeds, type Held, isAtWork } from "./lease.ts";
import type { Tenancy } from "./tenancy.ts";
import { isBuiltHere, quantities } from "./view.ts";

export interface PlannedArgs {
  readonly tenancy: Tenancy;
  readonly builds: readonly Pick<Build, "image" | "kind">[];
  readonly ttlSeconds: number;
  /** All instances that there are. */
  readonly held: readonly Held[];
  readonly pool: Pool;
  /** The API server's time. */
  readonly now: Date;
}

/** What a deploy would make, as `--json` shows it. */
export function planned({ tenancy, builds, ttlSeconds, held, pool, now }: PlannedArgs) {
  const own = held.find(({ name }) => name === tenancy.name);
  const expires = own?.expires ?? new Date(now.getTime() + ttlSeconds * 1000);
  return {
    ...tenancy,
    requests: quantities(tenancy.requests),
    builds: builds.map(({ image, kind }) => ({ image, kind })),
    addresses: addressesOf(tenancy, pool),
    namespaces: namespacesIn(tenancy, isBuiltHere(tenancy, pool)),
    expires,
    slot: own?.slot,
    changes: own ? changesOf(own, tenancy) : [],
    inTheWay: inTheWay(tenancy, held, pool),
  };
}

/** The same for people. */
export function plannedText(args: PlannedArgs): string {
  const { name, base, url, commits, parts, requests, namespaces, builds, ...plan } = planned(args);
  const left = showDuration((plan.expires.getTime() - args.now.getTime()) / 1000);
  const isThere = plan.slot !== undefined;
  return [
    isThere
      ? `${name} is there, in slot ${plan.slot}, and would be deployed anew over ${base}, at ${url}`
      : `${name} would be made over ${base}, at ${url}`,
    `until       ${plan.expires.toISOString()} (${left})${isThere ? ", as before" : ""}`,
    ...Object.entries(commits).map(([one, sha]) => `on test     ${one} at ${sha.slice(0, 7)}`),
    `parts       ${PART_NAMES.filter((part) => parts[part]).join(", ") || "none"}`,
    ...namespaces.map((one) => `namespace   ${one}`),
    ...builds.map(
      ({ image, kind }) =>
        `to build    ${image} (${kind === "git" ? "its Dockerfile" : "libraries over it"})`,
    ),
    `asks for    ${requests.cpu} of CPU, ${requests.memory} of memory`,
    ...plan.changes.map((one) => `change      ${one}`),
    ...(isThere && plan.changes.length === 0 ? ["change      none: what is on test is the same"] : []),
    ...limits(Object.keys(commits)).map((one) => `note        ${one}`),
    ...plan.inTheWay.map((one) => `in the way  ${one}`),
  ].join("\n");
}

/** What a new deploy would change of an instance that is there. */
function changesOf(own: Held, tenancy: Tenancy): string[] {
  const short = (sha: string | undefined) => sha?.slice(0, 7) ?? "nothing";
  const commits = Object.entries(tenancy.commits).flatMap(([name, sha]) =>
    own.commits[name] === sha ? [] : [`${name} from ${short(own.commits[name])} to ${short(sha)}`],
  );
  const parts = PART_NAMES.flatMap((part) =>
    own.parts[part] === tenancy.parts[part]
      ? []
      : [`${part} is ${tenancy.parts[part] ? "added" : "removed"}`],
  );
  const images = [...new Set([...Object.keys(own.images), ...Object.keys(tenancy.images)])].flatMap((key) => {
    // Both are maps of the same names.
    const [before, after] = [own.images, tenancy.images].map((map) => map[key as keyof typeof map]);
    return before === after ? [] : [`the image ${key} from ${before ?? "its own"} to ${after ?? "its own"}`];
  });
  const [before, after] = [own.requests, tenancy.requests].map(quantities);
  const asks = [before, after].map((one) => `${one?.cpu} of CPU and ${one?.memory} of memory`);
  return [
    ...commits,
    ...parts,
    ...images,
    ...(asks[0] === asks[1] ? [] : [`it asks for ${asks.join(", now ")}`]),
  ];
}

/** What would keep it from being deployed just now. */
function inTheWay(tenancy: Tenancy, held: readonly Held[], pool: Pool): string[] {
  const own = held.find(({ name }) => name === tenancy.name);
  const others = held.filter((one) => one !== own);
  const isOther = own && (own.references.join() !== tenancy.references.join() || own.base !== tenancy.base);
  return [
    isOther &&
      `the name is taken, by ${own.references.join(" ")} over ${own.base}, of ${own.owner}: give another --name`,
    own && own.engine !== tenancy.engine && `it was brought up with --engine ${own.engine}`,
    own && isAtWork(own) && `somebody is at work on it: it is ${own.state}`,
    !own &&
      held.length >= pool.limit &&
      `every slot is taken, by ${held.map(({ name }) => name).join(", ")}: wait for one with --wait 30m`,
    exceeds(budgetOf(pool), [tenancy, ...others]) && "the pool's budget has not as much left",
  ].flatMap((line) => line || []);
}
