import type { Refusal } from "../schema/refuse.ts";

/** A setting that is missing while a switch is on. */
export function needs(path: string[], flag: string): Refusal {
  return {
    path,
    value: "nothing",
    allowed: `a value, as long as ${flag} is true`,
    remedy: `add it, or set ${flag} to false`,
  };
}

/** A host that is missing while a switch is on. */
export function needsHost(host: string, flag: string): Refusal {
  return {
    path: ["hosts", host],
    value: "nothing",
    allowed: `a host name, as long as ${flag} is true`,
    remedy: `add it: pulumi config set --path 'packit:hosts.${host}' HOST; or set ${flag} to false`,
  };
}
