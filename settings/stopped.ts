import { isDormant } from "../components/configuration/fedora-ci.ts";
import type { SchemaOutput } from "../components/schema.ts";

/** Why a workload that is declared has no pods, for people. */
export function whyStopped(settings: SchemaOutput): string {
  if (settings.maintenance) return "stopped: packit:maintenance is on";
  if (!isDormant(settings)) return "its replicas are 0";
  const { deployment, fedoraCi } = settings;
  return `waits to serve Fedora CI: packit:fedoraCi.${deployment}.servedBy is ${fedoraCi[deployment].servedBy}`;
}
