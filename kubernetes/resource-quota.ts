import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../platform/destination.ts";
import { type Amounts, showBytes, showCpu } from "./amounts.ts";
import { omitUndefined } from "./omit-undefined.ts";

/** What a quota may say in place of what is computed. */
export interface GivenQuota {
  readonly requests: {
    readonly cpu?: string | undefined;
    readonly memory?: string | undefined;
    readonly storage?: string | undefined;
  };
  readonly limits: { readonly cpu?: string | undefined; readonly memory?: string | undefined };
}

export interface ResourceQuotaArgs {
  /** The namespace that it limits. */
  readonly destination: Destination;
  /** What its declared pods and volumes take at most. */
  readonly needed: Amounts;
  /**
   * What its volumes take at most; volumes that outlive what made them count too. @default - only what is given, if it
   * is
   */
  readonly storage?: number;
  /** What is given in place of that. @default - nothing */
  readonly given?: GivenQuota;
}

/** Limits a namespace to what its stack needs. */
export function resourceQuota(
  name: string,
  { destination, needed, storage, given }: ResourceQuotaArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const { requests, limits } = given ?? { requests: {}, limits: {} };
  return new k8s.core.v1.ResourceQuota(
    name,
    {
      metadata: destination.object("packit"),
      spec: {
        hard: {
          "requests.cpu": requests.cpu ?? showCpu(needed.requestsCpu),
          "requests.memory": requests.memory ?? showBytes(needed.requestsMemory),
          ...omitUndefined({
            "requests.storage": requests.storage ?? (storage === undefined ? undefined : showBytes(storage)),
          }),
          "limits.cpu": limits.cpu ?? showCpu(needed.limitsCpu),
          "limits.memory": limits.memory ?? showBytes(needed.limitsMemory),
        },
      },
    },
    opts,
  );
}
