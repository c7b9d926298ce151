import { z } from "zod";
import type { Settings } from "../components/settings.ts";
import { sandboxTotals, totals } from "../components/totals.ts";
import { type Amounts, NOTHING, thousandths } from "../kubernetes/amounts.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { inBytes } from "../schema/values.ts";

/** How far a namespace's quota is used at most, while its pods are rolled and its sandboxes run. */
export interface QuotaUse {
  readonly namespace: string;
  readonly amount: keyof Amounts;
  /** What may be used. */
  readonly hard: number;
  /** What is used at most. */
  readonly peak: number;
}

const quota = z.object({
  kind: z.literal("ResourceQuota"),
  spec: z.object({ hard: z.record(z.string(), z.string()) }),
});

/** The amounts that a ResourceQuota can limit, and how each is written. */
const LIMITED: Readonly<Record<string, readonly [keyof Amounts, (quantity: string) => number]>> = {
  "requests.cpu": ["requestsCpu", thousandths],
  "requests.memory": ["requestsMemory", inBytes],
  "requests.storage": ["storage", inBytes],
  "limits.cpu": ["limitsCpu", thousandths],
  "limits.memory": ["limitsMemory", inBytes],
};

/** What the stack uses of each quota that it sets. */
export function quotasOf(objects: readonly KubernetesObject[], settings: Settings): QuotaUse[] {
  const peaks: Readonly<Record<string, Amounts>> = {
    [settings.namespace]: totals(settings, "peak"),
    [settings.sandboxNamespace]: sandboxTotals(settings),
  };
  return objects.flatMap((object) => {
    const { data } = quota.safeParse(object);
    const namespace = object.metadata.namespace ?? "";
    return Object.entries(data?.spec.hard ?? {}).flatMap(([key, quantity]): QuotaUse[] => {
      const [amount, size] = LIMITED[key] ?? [];
      if (amount === undefined || size === undefined) return [];
      return [{ namespace, amount, hard: size(quantity), peak: (peaks[namespace] ?? NOTHING)[amount] }];
    });
  });
}
