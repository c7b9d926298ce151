import { USED_PREFIXES } from "../components/configuration/role.ts";
import type { Pool } from "../components/test-instance/pool.ts";
import { hosts, namespaces } from "./others.ts";
import type { StackConfig } from "./stack-file.ts";
import { hostsOf, namespacesOf, prefixOf, stackOf } from "./test-instance.ts";

/** What a test instance of a name would take from a stack of the project, or from the pool, in words. */
export function takenBy(name: string, pool: Pool, stacks: readonly StackConfig[]): string | undefined {
  if (namespacesOf(name).includes(pool.namespace)) return `${pool.namespace} is the pool's own namespace`;
  const word = [...USED_PREFIXES, ...stacks.flatMap(prefixes)].find((one) => isWithin(prefixOf(name), one));
  if (word !== undefined) return `${prefixOf(name)} starts others' commands, as ${word} does`;
  for (const { stack, values } of stacks) {
    if (name === stack || stackOf(name) === stack) return `${stack} is a stack of this project`;
    const theirs = [...namespaces(values), ...hosts(values)].map((one) => one.name);
    const shared = [...namespacesOf(name), ...Object.values(hostsOf(name, pool))].find((own) =>
      theirs.includes(own),
    );
    if (shared !== undefined) return `${shared} is that of the stack ${stack}`;
  }
  return undefined;
}

function prefixes({ values: { packitConfig } }: StackConfig): string[] {
  const { comment_command_prefix: prefix } = (packitConfig ?? {}) as { comment_command_prefix?: unknown };
  return typeof prefix === "string" ? [prefix] : [];
}

/** Whether a command word is another one, or goes on from it: /packit alone goes before all of them. */
function isWithin(word: string, other: string): boolean {
  return word === other || (other !== "/packit" && word.startsWith(`${other}-`));
}
