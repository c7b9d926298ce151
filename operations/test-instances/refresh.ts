import { knownError } from "../../errors.ts";
import { inSeconds } from "../../schema/duration.ts";
import type { Builder } from "./builder.ts";
import { type Context, slotsOf } from "./context.ts";
import { deploy } from "./deploy.ts";
import type { Held } from "./lease.ts";
import { parseReferences } from "./reference.ts";
import { NotOpen, resolve } from "./resolve.ts";

export interface Refreshed {
  readonly name: string;
  readonly what: string;
  readonly failed: boolean;
}

/** How long the pods of one may take to be ready, in seconds. */
const LIMIT_SECONDS = 600;

/** Deploys anew, in its place, each instance whose references stand for other commits now. */
export async function redeployed(
  context: Context,
  { builder, isDry }: { readonly builder: Builder; readonly isDry: boolean },
): Promise<Refreshed[]> {
  const done: Refreshed[] = [];
  // Only those that have a lease: what a person destroyed stays so.
  for (const held of await slotsOf(context).held()) {
    if (held.state !== "up" && held.state !== "failed") continue;
    try {
      done.push(await refreshOne(context, held, builder, isDry));
    } catch (error) {
      if (error instanceof NotOpen) {
        done.push({ name: held.name, what: `is left as it is: ${error.state}`, failed: false });
        continue;
      }
      const known = knownError(error);
      if (known === undefined) throw error;
      done.push({ name: held.name, what: known.message, failed: true });
    }
  }
  return done;
}

async function refreshOne(
  context: Context,
  held: Held,
  builder: Builder,
  isDry: boolean,
): Promise<Refreshed> {
  const { name } = held;
  const references = parseReferences(held.references);
  const resolved = await resolve(context.github, references, context.pool.owners);
  const changed = resolved.filter(({ reference, sha }) => held.commits[reference.repository] !== sha);
  if (changed.length === 0) return { name, what: "has the newest commits", failed: false };
  if (changed.some(({ reference }) => reference.repository === "deployment"))
    return { name, what: "has a program with new commits; a person has to deploy it", failed: false };
  const commits = changed
    .map(({ reference, sha }) => `${reference.repository} at ${sha.slice(0, 7)}`)
    .join(", ");
  if (isDry) return { name, what: `would get ${commits}`, failed: false };
  const base = held.base === "prod" ? "prod" : "stage";
  const request = {
    name,
    references,
    base,
    ttlSeconds: inSeconds(context.pool.ttl.default),
    parts: held.parts,
    images: held.images,
  } as const;
  await deploy(context, {
    request,
    builder,
    waitSeconds: 0,
    limitSeconds: LIMIT_SECONDS,
    onlyExisting: true,
  });
  return { name, what: `has ${commits} now`, failed: false };
}
