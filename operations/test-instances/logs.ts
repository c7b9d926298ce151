import { setTimeout } from "node:timers/promises";
import type { ApiClient } from "../../cluster/api-client.ts";
import { UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import { nearest } from "../../settings/violation.ts";

interface Pod extends KubernetesObject {
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

/** What a container of a pod has said. */
export interface ContainerLog {
  readonly pod: string;
  readonly container: string;
  readonly log: string;
}

export interface LogsArgs {
  readonly component?: string | undefined;
  /** How many lines of each container. */
  readonly lines: number;
}

/** The last lines that each container of an instance has said, of one component or of all. */
export async function logs(
  client: ApiClient,
  name: string,
  { component, lines }: LogsArgs,
): Promise<ContainerLog[]> {
  const pods = await podsOf(client, name);
  const wanted = chosen(pods, component);
  const texts = wanted.flatMap((pod) =>
    pod.spec.containers.map(async (container) => {
      const text = await client.log(pod.metadata.namespace ?? "", pod.metadata.name, container.name, {
        tailLines: String(lines),
      });
      return { pod: pod.metadata.name, container: container.name, log: text.trimEnd() };
    }),
  );
  return Promise.all(texts);
}

/** How often it is looked for what was said since, in milliseconds. */
const LOOK_MS = 2000;

/** Tells the same, and then each line as it is said, of pods too that come later; until all are gone, or the signal aborts. */
export async function follow(
  client: ApiClient,
  name: string,
  { component, lines }: LogsArgs,
  {
    tell,
    signal,
    everyMs = LOOK_MS,
  }: { tell: (line: string) => void; signal: AbortSignal; everyMs?: number },
): Promise<void> {
  const told = new Map<string, string>();
  for (;;) {
    const pods = await podsOf(client, name);
    if (pods.length === 0 && told.size > 0) return;
    for (const pod of chosen(pods, component, told.size > 0)) {
      for (const container of pod.spec.containers) {
        const key = `${pod.metadata.name} ${container.name}`;
        const since = told.get(key);
        const text = await client.log(pod.metadata.namespace ?? "", pod.metadata.name, container.name, {
          timestamps: "true",
          ...(since === undefined ? { tailLines: String(lines) } : { sinceTime: since }),
        });
        for (const line of text.split("\n")) {
          const [, time, said = ""] = /^(\S+Z) ?(.*)$/.exec(line) ?? [];
          // The server's times are of one length, and it tells again what is of the same second.
          if (time === undefined || time <= (told.get(key) ?? "")) continue;
          told.set(key, time);
          tell(`${key}: ${said}`);
        }
        if (!told.has(key)) told.set(key, new Date(0).toISOString());
      }
    }
    if (signal.aborted) return;
    await setTimeout(everyMs, undefined, { signal }).catch(() => {});
  }
}

async function podsOf(client: ApiClient, name: string): Promise<Pod[]> {
  const [own, , builds] = namespacesOf(name);
  const found = await Promise.all(
    [own, builds].map((namespace) => client.list({ apiVersion: "v1", kind: "Pod" }, { namespace })),
  );
  // The API server gives a Pod the shape of its kind.
  return found.flat() as Pod[];
}

/** The pods of a component; a UserError where there never was one. */
function chosen(pods: readonly Pod[], component: string | undefined, wasThere = false): readonly Pod[] {
  if (component === undefined) return pods;
  const wanted = pods.filter(({ metadata }) => metadata.labels?.component === component);
  if (wanted.length > 0 || wasThere) return wanted;
  const known = [...new Set(pods.flatMap(({ metadata }) => metadata.labels?.component ?? []))].sort();
  const meant = nearest(component, known);
  const remedy = meant === undefined ? "" : ` Did you mean ${meant}?`;
  const all = known.length === 0 ? "There are no pods." : `There are: ${known.join(", ")}.`;
  throw new UserError(`There is no component "${component}".${remedy} ${all}`);
}
