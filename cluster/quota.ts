import type { KubernetesObject } from "../render/kubernetes-object.ts";
import type { ApiClient } from "./api-client.ts";
import { until } from "./until.ts";

/** A quota, as far as its controller has counted what it limits. */
interface Counted {
  readonly spec?: { readonly hard?: object };
  readonly status?: { readonly hard?: object };
}

/** Waits until quotas are counted: before that the API server refuses whatever they limit. */
export async function untilCounted(
  client: ApiClient,
  quotas: readonly KubernetesObject[],
  signal?: AbortSignal,
): Promise<void> {
  for (const quota of quotas) {
    const counted = async () => {
      // The API server gives a quota the shape of its kind.
      const { spec, status } = ((await client.read(quota)) ?? {}) as Counted;
      return status?.hard !== undefined && JSON.stringify(status.hard) === JSON.stringify(spec?.hard);
    };
    const what = `the quota of ${quota.metadata.namespace} to be counted`;
    await until(counted, { what, limitSeconds: 60, signal });
  }
}
