import * as pulumi from "@pulumi/pulumi";
import { resourceQuota } from "../../kubernetes/resource-quota.ts";
import type { Destination } from "../../platform/destination.ts";
import { tenantEgress } from "../../platform/tenant-egress.ts";
import { egressHosts } from "../egress.ts";
import type { Settings } from "../settings.ts";
import { componentsOf, sandboxComponents, sandboxTotals, totals } from "../totals.ts";
import { Network, sandboxNetwork } from "./network.ts";

export interface IsolationArgs {
  /** The instance's own namespace. */
  readonly destination: Destination;
  /** The sandbox's namespace. @default - there is no sandbox */
  readonly sandbox: Destination | undefined;
  /** All of them: what is allowed follows from all that there is. */
  readonly settings: Settings;
}

/** What both namespaces allow: who may talk to whom, and how much may run. */
export class Isolation extends pulumi.ComponentResource {
  /** What is there before any pod: without the other policies a pod can do less, not more. */
  readonly first: readonly pulumi.Resource[];

  constructor(name: string, args: IsolationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:cluster:Walls", name, {}, opts);
    const { destination, sandbox, settings } = args;
    const { quota } = settings;
    const child = { parent: this };
    const first: pulumi.Resource[] = [];
    if (settings.networkPolicies) {
      const network = new Network(
        `${name}-network`,
        {
          destination,
          components: componentsOf(settings),
          internalNetworks: settings.internalNetworks,
          apiPorts: settings.apiServerPorts,
        },
        child,
      );
      first.push(network.deny);
      if (sandbox)
        first.push(sandboxNetwork(`${name}-sandbox-network`, sandboxArgs(sandbox, settings), child));
    }
    if (quota.enabled) {
      first.push(
        resourceQuota(
          `${name}-quota`,
          { destination, needed: totals(settings, "peak"), given: quota },
          child,
        ),
      );
      if (sandbox) {
        const needed = sandboxTotals(settings);
        const args = { destination: sandbox, needed, storage: needed.storage };
        first.push(resourceQuota(`${name}-sandbox-quota`, args, child));
      }
    }
    if (settings.managedPlatform.egress) {
      tenantEgress(`${name}-egress`, { destination, hosts: egressHosts(settings) }, child);
    }
    this.first = first;
    this.registerOutputs();
  }
}

function sandboxArgs(destination: Destination, settings: Settings) {
  const { sandboxPorts, internalNetworks } = settings;
  return { destination, ports: sandboxPorts, components: sandboxComponents(settings), internalNetworks };
}
