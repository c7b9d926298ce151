import { randomBytes } from "node:crypto";
import { type ApiClient, ApiError } from "../../cluster/api-client.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { UserError } from "../../errors.ts";
import type { GitHub } from "../../github/github.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { inBytes, inProcessors } from "../../schema/values.ts";
import type { Engine, Report } from "./engine.ts";
import type { Program } from "./program.ts";
import { Queue } from "./queue.ts";
import { Slots } from "./slots.ts";
import type { Tenancy } from "./tenancy.ts";

/** What every verb works with. */
export interface Context {
  /** The folder of this project. */
  readonly root: string;
  readonly pool: Pool;
  readonly client: ApiClient;
  readonly github: GitHub;
  readonly engine: Engine;
  /** What evaluates an instance that has no program of its own on test. @default - this project */
  readonly program?: Program;
  readonly report: Report;
}

export function slotsOf({ client, pool }: Pick<Context, "client" | "pool">): Slots {
  return new Slots(client, pool);
}

export function queueOf({ client, pool }: Pick<Context, "client" | "pool">): Queue {
  return new Queue(client, pool.namespace);
}

/** What all instances may ask for, in thousandths of processors and in bytes. */
export function budgetOf({ budget }: Pool): Tenancy["requests"] {
  return { cpu: Math.round(inProcessors(budget.cpu) * 1000), memory: inBytes(budget.memory) };
}

/** The pool's own secret, from which instances' generated ones are derived; made once. */
export async function seedOf(client: ApiClient, { namespace }: Pick<Pool, "namespace">): Promise<string> {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "seed", namespace } };
  const data = { seed: randomBytes(32).toString("base64") };
  const known = await client.read(secret);
  if (known) return seedIn(known);
  try {
    return seedIn(await client.create({ ...secret, data }));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    return seedIn((await client.read(secret)) ?? secret);
  }
}

/** As many bytes as are made. */
const SEED_BYTES = 32;

/** The seed in its Secret. Whoever knew or guessed it could compute every password of every instance. */
function seedIn({ metadata, ...secret }: KubernetesObject): string {
  const { data } = secret as { readonly data?: Readonly<Record<string, unknown>> };
  const seed = data?.seed;
  if (typeof seed === "string" && Buffer.from(seed, "base64").length >= SEED_BYTES) return seed;
  throw new UserError(
    `The Secret ${metadata.name} in ${metadata.namespace} has no key seed of ${SEED_BYTES} bytes or more. Delete it to have one made; the instances that there are get new passwords with their next deploy.`,
  );
}

/** An identity's secrets, by their names under `packit:secrets`, from the Secret that is named after it. */
export async function identitySecrets(
  { client, pool }: Pick<Context, "client" | "pool">,
  name: string | undefined,
): Promise<{ readonly fasUser: string; readonly secrets: Readonly<Record<string, unknown>> }> {
  if (name === undefined) return { fasUser: "packit-test", secrets: {} };
  const identity = pool.identities.find((one) => one.name === name);
  if (identity === undefined) throw new UserError(`packit:testInstances.identities has no ${name} any more.`);
  const metadata = { name: `identity-${identity.name}`, namespace: pool.namespace };
  const secret = (await client.read({ apiVersion: "v1", kind: "Secret", metadata })) as
    | { readonly data?: Readonly<Record<string, string>> }
    | undefined;
  if (secret === undefined)
    throw new UserError(
      `There is no Secret ${metadata.name} in ${pool.namespace}: see docs/test-instances.md.`,
    );
  const empty = Object.entries(secret.data ?? {}).flatMap(([key, value]) => (value === "" ? [key] : []));
  if (empty.length > 0 || Object.keys(secret.data ?? {}).length === 0)
    throw new UserError(
      `The Secret ${metadata.name} in ${pool.namespace} has ${empty.length > 0 ? `nothing in ${empty.join(", ")}` : "no key"}: fill it in, or take out what there is not (docs/test-instances.md).`,
    );
  const secrets: Record<string, unknown> = {};
  const forgeTokens: Record<string, string> = {};
  for (const [key, value] of Object.entries(secret.data ?? {})) {
    const host = /^forgeTokens\.(.+)$/.exec(key)?.[1];
    // A keytab is wanted as base64; everything else is text.
    const text = key === "keytab" ? value : Buffer.from(value, "base64").toString();
    if (host === undefined) secrets[key] = text;
    else forgeTokens[host] = text;
  }
  return { fasUser: identity.fasUser, secrets: { ...secrets, forgeTokens } };
}
