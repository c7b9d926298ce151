import { z } from "zod";
import { bytes, count, cpu, flag, port } from "../../schema/values.ts";
import { network } from "./cidr.ts";

/** The settings of what the namespaces allow. */
export const limits = {
  networkPolicies: flag
    .default(true)
    .describe(
      "Let pods talk only to those that they must talk to, and to the internet only where they need it.",
    ),
  apiServerPorts: z
    .array(port)
    .min(1)
    .default([443, 6443])
    .describe(
      "The ports by which pods reach the cluster's API server, with `networkPolicies`: that of its Service, and that of the server behind it, as in your kubeconfig. Only pods that use the API may.",
    ),
  internalNetworks: z
    .array(network)
    .default([])
    .describe(
      "Networks that are not the internet's, as CIDR (`10.20.0.0/16`), where the service has hosts: an internal forge, Splunk, storage. With `networkPolicies`, its components reach them by the ports of the hosts that the settings name; users' commands do not.",
    ),
  quota: z
    .strictObject({
      enabled: flag.default(false).describe("Limit both namespaces to what the stack declares."),
      requests: z
        .strictObject({
          cpu: cpu.optional().describe("Processors that may be asked for. Default: computed."),
          memory: bytes.optional().describe("Memory that may be asked for. Default: computed."),
          storage: bytes
            .optional()
            .describe(
              "Storage that may be claimed in the instance's own namespace. Default: no limit, as volumes outlive what made them.",
            ),
        })
        .prefault({}),
      limits: z
        .strictObject({
          cpu: cpu.optional().describe("The sum of the limits of processors. Default: computed."),
          memory: bytes.optional().describe("The sum of the limits of memory. Default: computed."),
        })
        .prefault({}),
      sandboxes: count
        .optional()
        .describe(
          "Sandbox pods, and volumes of 3Gi for them, at once. Default: two for each task that may run in one.",
        ),
    })
    .prefault({})
    .describe("A ResourceQuota in each namespace, computed from the declared pods and the sandboxes."),
};
