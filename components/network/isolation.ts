import * as pulumi from "@pulumi/pulumi";
import { resourceQuota } from "../../kubernetes/resource-quota.ts";
import type { Site } from "../../platform/site.ts";
import { tenantEgress } from "../../platform/tenant-egress.ts";
import { footprints, sandboxTotals, totals } from "../../settings/footprint.ts";
import type { Settings } from "../../settings/load.ts";
import { workersWithCache } from "../repository-cache/settings.ts";
import { activePools } from "../workers/pools.ts";
import { cachedHosts, egressHosts, namedHosts, portOf } from "./egress-hosts.ts";
import { Network, sandboxNetwork } from "./network.ts";

export interface WallsArgs {
  /** The instance's own namespace. */
  readonly site: Site;
  /** The sandbox's namespace. @default - there is no sandbox */
  readonly sandbox: Site | undefined;
  /** All of them: what is allowed follows from all that there is. */
  readonly settings: Settings;
}

/** What both namespaces allow: who may talk to whom, and how much may run. */
export class Walls extends pulumi.ComponentResource {
  /** What is there before any pod: without the other policies a pod can do less, not more. */
  readonly first: readonly pulumi.Resource[];

  constructor(name: string, args: WallsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:cluster:Walls", name, {}, opts);
    const { site, sandbox, settings } = args;
    const { quota } = settings;
    const child = { parent: this };
    const first: pulumi.Resource[] = [];
    if (settings.networkPolicies) {
      const network = new Network(
        `${name}-network`,
        {
          site,
          components: footprints(settings).map(({ component }) => component),
          open: openComponents(settings),
          outward: outward(settings),
          internalNetworks: settings.internalNetworks,
          api: { users: apiUsers(settings), ports: settings.apiServerPorts },
        },
        child,
      );
      first.push(network.deny);
      if (sandbox)
        first.push(sandboxNetwork(`${name}-sandbox-network`, sandboxPorts(sandbox, settings), child));
    }
    if (quota.enabled) {
      first.push(
        resourceQuota(`${name}-quota`, { site, needed: totals(settings, "peak"), given: quota }, child),
      );
      if (sandbox) {
        const needed = sandboxTotals(settings);
        const args = { site: sandbox, needed, storage: needed.storage };
        first.push(resourceQuota(`${name}-sandbox-quota`, args, child));
      }
    }
    if (settings.managedPlatform.egress) {
      tenantEgress(`${name}-egress`, { site, hosts: egressHosts(settings) }, child);
    }
    this.first = first;
    this.registerOutputs();
  }
}

function openComponents({ hosts }: Settings): string[] {
  return [
    "packit-service",
    "packit-dashboard",
    "nginx",
    ...(hosts.redisCommander ? ["redis-commander"] : []),
  ];
}

function sandboxPorts(site: Site, settings: Settings) {
  const cachePorts = workersWithCache(settings).length > 0 ? [443, ...cachePortsOf(settings)] : [];
  return { site, ports: settings.sandboxPorts, cachePorts, internalNetworks: settings.internalNetworks };
}

function cachePortsOf(settings: Settings): number[] {
  return cachedHosts(settings).flatMap(({ ports }) => ports);
}

/** The components that use the cluster's own API. */
function apiUsers({ withSandbox, workers }: Settings): string[] {
  const sandboxUsers = withSandbox ? activePools(workers).map(({ name }) => name) : [];
  return [...sandboxUsers, "repository-cache-refresh", "image-import"];
}

/** Ports of the internet that follow from a stack's settings. */
function outward(settings: Settings): Record<string, readonly number[]> {
  const { withFluentdSidecar, fluentd, backup, workers } = settings;
  const named = namedHosts(settings).flatMap(({ ports }) => ports);
  const splunk = withFluentdSidecar ? [fluentd.splunkPort] : [];
  const storage = backup.endpoint === undefined ? [] : [portOf(backup.endpoint)];
  const pools = activePools(workers).map(({ name }) => [name, [...named, ...splunk]]);
  return {
    "packit-service": [...named, ...splunk],
    "packit-service-beat": named,
    "packit-backup": storage,
    "repository-cache": cachePortsOf(settings),
    "packit-restore": storage,
    ...Object.fromEntries(pools),
  };
}
