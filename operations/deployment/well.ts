import type { ApiClient } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import { EnvironmentError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { type Finding, readiness } from "../doctor.ts";
import { health } from "../test-instances/health.ts";

export interface WellArgs {
  readonly client: ApiClient;
  readonly objects: readonly KubernetesObject[];
  /** The address of the API. @default - none is to answer */
  readonly url?: string | undefined;
  /** How long all may take to become ready. */
  readonly limitSeconds: number;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Waits until all that is deployed is ready, Routes and images among it, and asks the API how it is. An EnvironmentError
 * says what is not well. An API that cannot be reached from here may be: that is only told.
 */
export async function refuseIll({
  client,
  objects,
  url,
  limitSeconds,
  report,
  signal,
}: WellArgs): Promise<void> {
  let found: Finding[] = [];
  const look = async () => {
    found = await readiness(client, objects);
    return found.length > 0 && unready(found).length === 0;
  };
  await until(look, { what: "all to be ready", limitSeconds, signal }).catch((error) => {
    signal.throwIfAborted();
    if (!(error instanceof EnvironmentError)) throw error;
    const lines = unready(found).map(({ what, remedy }) => `  ${what}: ${remedy}`);
    const all = lines.length > 0 ? lines : ["  nothing of the stack is in the cluster"];
    throw new EnvironmentError([`Not ready after ${limitSeconds} s:`, ...all].join("\n"));
  });
  report("All that is deployed is ready.");
  if (url === undefined) return;
  const { healthz, isIll } = await health(url);
  if (isIll) throw new EnvironmentError(`The API is not well: ${healthz}`);
  report(`The API: ${healthz}.`);
}

function unready(found: readonly Finding[]): Finding[] {
  return found.filter((one) => one.found === undefined);
}
