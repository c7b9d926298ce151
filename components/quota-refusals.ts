import { type Amounts, showBytes, showCpu, thousandths } from "../kubernetes/amounts.ts";
import type { Refusal } from "../schema/refuse.ts";
import { inBytes } from "../schema/values.ts";
import type { SchemaOutput } from "./schema.ts";
import { totals } from "./totals.ts";

/** A quota that does not hold what is declared, or is given where there is none. */
export function quotaRefusals(settings: SchemaOutput): Refusal[] {
  const { quota } = settings;
  if (!quota.enabled) return unusedQuota(settings);
  const peak = totals(settings, "peak");
  return QUOTA.flatMap(({ path: [group, resource], key, size, show }) => {
    const given = (quota[group] as Readonly<Record<string, string | undefined>>)[resource];
    if (given === undefined || size(given) >= peak[key]) return [];
    return {
      path: ["quota", group, resource],
      value: given,
      allowed: `at least ${show(peak[key])}, what the declared pods take while they are rolled`,
      remedy: "raise it, leave it out to have it computed, or declare less",
    };
  });
}

/** What is given to a quota that is not there. */
function unusedQuota({ quota }: SchemaOutput): Refusal[] {
  const given = [...Object.values(quota.requests), ...Object.values(quota.limits)].filter(Boolean);
  if (given.length === 0) return [];
  return [
    {
      path: ["quota", "enabled"],
      value: "false",
      allowed: "true, as the quota's size is given",
      remedy: "set it to true, or leave quota.requests and quota.limits out",
    },
  ];
}

interface QuotaEntry {
  readonly path: readonly ["requests" | "limits", string];
  readonly key: keyof Amounts;
  readonly size: (quantity: string) => number;
  readonly show: (amount: number) => string;
}

/** Where each amount of a quota stands among the settings. */
const QUOTA: readonly QuotaEntry[] = [
  { path: ["requests", "cpu"], key: "requestsCpu", size: thousandths, show: showCpu },
  { path: ["requests", "memory"], key: "requestsMemory", size: inBytes, show: showBytes },
  { path: ["requests", "storage"], key: "storage", size: inBytes, show: showBytes },
  { path: ["limits", "cpu"], key: "limitsCpu", size: thousandths, show: showCpu },
  { path: ["limits", "memory"], key: "limitsMemory", size: inBytes, show: showBytes },
];
