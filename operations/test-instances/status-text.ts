import type { Pool } from "../../components/test-instance/pool.ts";
import { block, excerpt, inline } from "../../github/markdown.ts";
import { prefixOf } from "../../settings/test-instance.ts";
import { addressesOf } from "./addresses.ts";
import { limits } from "./image-plan.ts";
import type { Held } from "./lease.ts";
import { parseReferences } from "./reference.ts";

/** How an instance is, as a comment says it. */
export interface Status {
  readonly name: string;
  /** In words, as `up`. */
  readonly state: string;
  /** What is on test, as it is written. */
  readonly references: readonly string[];
  /** Its slot, once it has one. */
  readonly held?: Held | undefined;
  /** Who has asked for it. */
  readonly by?: string | undefined;
  /** The address of the log. */
  readonly log?: string | undefined;
  /** What has happened, which may be of several lines and from anywhere. */
  readonly message?: string | undefined;
}

/** The status of an instance in Markdown. Nothing that comes from elsewhere is more in it than code. */
export function statusText({ name, state, held, references, ...more }: Status, pool: Pool): string {
  const isThere = held !== undefined && !["destroyed", "superseded"].includes(state);
  return sectionText(`${inline(name)}: ${state}`, more, [
    ...references.map((reference) => `on test: ${inline(reference)}${commitOf(held, reference)}`),
    ...(isThere ? placeOf(held, pool) : []),
  ]);
}

/** An answer that is about no instance that there is. */
export function answerText(title: string, more: Pick<Status, "by" | "log" | "message">): string {
  return sectionText(title, more, []);
}

function sectionText(
  title: string,
  { by, log, message }: Pick<Status, "by" | "log" | "message">,
  facts: readonly string[],
): string {
  const lines = [
    ...facts,
    ...(by === undefined ? [] : [`asked for by ${inline(by)}`]),
    ...(log === undefined ? [] : [`[log](${log})`]),
  ];
  return [
    `#### ${title}`,
    lines.map((line) => `- ${line}`).join("\n"),
    ...(message === undefined ? [] : [block(excerpt(message), "text")]),
  ].join("\n\n");
}

/** Where it is and until when. */
function placeOf(held: Held, pool: Pool): string[] {
  const pages = Object.entries(addressesOf(held, pool));
  return [
    `over ${inline(held.base)}`,
    `until ${held.expires.toISOString().slice(0, 16).replace("T", " ")} UTC`,
    ...pages.flatMap(([page, address]) => (address === undefined ? [] : [`${page}: ${address}`])),
    `Packit's own commands begin with ${inline(prefixOf(held.name))} there`,
    ...limits(Object.keys(held.commits)),
  ];
}

/** The commit that a reference stands for, with its address. */
function commitOf(held: Held | undefined, written: string): string {
  if (held === undefined || !held.references.includes(written)) return "";
  // A lease that cannot be read may hold anything.
  if (held.state === "broken") return "";
  const [reference] = parseReferences([written]);
  const sha = reference && held.commits[reference.repository];
  if (reference === undefined || sha === undefined || !/^[0-9a-f]{40,64}$/.test(sha)) return "";
  const { owner, name } = reference.from;
  return ` at [\`${sha.slice(0, 7)}\`](https://github.com/${owner}/${name}/commit/${sha})`;
}

/** What can be said in a comment, as each status comment tells it. */
export const HELP = `<details><summary>What can be said here</summary>

Each on a line of its own, by accounts that may write to this repository:

| | |
|---|---|
| \`/deploy\` | puts this pull request on test, or what is named: \`/deploy --base=prod packit-service=614 ogr=123 --ttl 8h\` |
| \`/status\` | how it is |
| \`/extend --by 4h\` | lets it live longer |
| \`/destroy\` | removes it |

The last three are of all that this pull request is on, or of the instance that is named.
</details>`;
