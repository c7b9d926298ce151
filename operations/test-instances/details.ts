import type { Login } from "../../components/part.ts";
import { DECLARED } from "../../components/schema.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { showDuration } from "../../schema/duration.ts";
import { namespacesOf, prefixOf } from "../../settings/test-instance.ts";
import { addressesOf, namespacesIn, PART_PAGES } from "./addresses.ts";
import type { Health } from "./health.ts";
import { limits } from "./image-plan.ts";
import type { Held } from "./lease.ts";
import { isBuiltHere } from "./view.ts";

export interface DetailsArgs {
  readonly held: Held;
  readonly pool: Pool;
  readonly health: Health;
  /** The API server's time. */
  readonly now: Date;
  /** The images that it runs, as far as they are its own. @default - those that it was given */
  readonly images?: Readonly<Record<string, string>>;
  /** Whether a label of its own keeps it. */
  readonly isKept: boolean;
  /** What a command begins with that asks its cluster, as `oc --context packit-test`. */
  readonly oc: string;
}

/** What an instance is, where it is, and how to look into it; commands work as they are copied. */
export function details({ held, pool, health, now, isKept, oc, ...args }: DetailsArgs): string {
  const { images = held.images } = args;
  const { api, ...pages } = addressesOf(held, pool);
  const [own] = namespacesOf(held.name);
  const left = showDuration((held.expires.getTime() - now.getTime()) / 1000);
  const app = pool.identities.find(({ name }) => name === held.identity)?.githubApp;
  const shownLogin = ({ user, secret, key }: Login) => [
    ["", `as ${user}, with the password that this shows:`] as const,
    ["", `${oc} get secret ${secret} -n ${own} -o jsonpath='{.data.${key}}' | base64 -d`] as const,
  ];
  const lines: (readonly [string, string | undefined | false])[] = [
    ["instance", `${held.name}, ${held.state}, in slot ${held.slot} of ${held.owner}`],
    ...held.references.map((reference) => ["on test", `${reference}${commitOf(held, reference)}`] as const),
    ["over", held.base],
    ["until", `${held.expires.toISOString()} (${left})${isKept ? ", and kept beyond" : ""}`],
    ["API", api],
    ["webhooks", `${api}webhooks/github`],
    ["", app && `to enter at https://github.com/settings/apps/${app}`],
    ...PART_PAGES.flatMap(({ name, label, login }) => [
      [label, pages[name]] as const,
      ...(pages[name] && login ? shownLogin(login) : []),
    ]),
    ...accessesOf(held).flatMap(({ label, what, forward: { deployment, port }, login }) => [
      [label, `${what} is at http://localhost:${port} with`] as const,
      ["", `${oc} port-forward -n ${own} deployment/${deployment} ${port}`] as const,
      ...shownLogin(login),
    ]),
    ["comments", `${prefixOf(held.name)} …`],
    ...namespacesIn(held, isBuiltHere(held, pool)).map((name) => ["namespace", name] as const),
    ["logs", `./ops test-instance logs ${held.name}`],
    ["", `${oc} logs -n ${own} deployment/packit-service`],
    ...Object.entries(images).map(([name, reference]) => ["image", `${name}: ${reference}`] as const),
    ["health", health.healthz],
    ["system", health.system !== undefined && JSON.stringify(health.system)],
    ...limits(Object.keys(held.commits)).map((line) => ["note", line] as const),
  ];
  return lines.flatMap(([name, text]) => (text ? `${name.padEnd(12)}${text}` : [])).join("\n");
}

/** How parts are looked at to which no host leads. */
function accessesOf({ parts }: Held) {
  return DECLARED.flatMap(({ choice }) => (choice?.access && parts[choice.name] ? [choice.access] : []));
}

function commitOf({ commits }: Held, reference: string): string {
  const sha = commits[reference.split("=")[0] ?? ""];
  return sha === undefined ? "" : ` (at ${sha.slice(0, 7)})`;
}
