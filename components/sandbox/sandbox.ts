import * as pulumi from "@pulumi/pulumi";
import { grant } from "../../kubernetes/grant.ts";
import type { Claim } from "../../kubernetes/workload.ts";
import type { Destination } from "../../platform/destination.ts";
import { cacheClaims } from "../repository-cache/claims.ts";

export interface SandboxArgs {
  /** The sandbox's own namespace, shared with no other instance, as worker pods' names repeat. */
  readonly destination: Destination;
  /** The account of the workers, which is given the sandbox's Role. */
  readonly workers: {
    readonly serviceAccount: pulumi.Input<string>;
    readonly namespace: pulumi.Input<string>;
  };
  /** The cache volumes in the sandbox, by the worker pod for whose sandboxes each is. */
  readonly caches: ReadonlyMap<string, Claim>;
}

/** What sandcastle does with the API: it makes pods, copies files through exec, reads their logs, and deletes them. */
const RULES = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "create", "delete"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["get", "create"] },
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["list", "create", "delete"] },
];

/** Where the commands of Packit's users run: a namespace in which the workers, and only they, may make pods. */
export class Sandbox extends pulumi.ComponentResource {
  constructor(name: string, args: SandboxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:cluster:Sandbox", name, {}, opts);
    const { destination } = args;
    const { serviceAccount, namespace } = args.workers;
    const metadata = destination.object("packit-worker-sandbox");
    grant(name, { metadata, rules: RULES, account: { name: serviceAccount, namespace } }, { parent: this });
    cacheClaims(`${name}-cache`, { destination, claims: args.caches }, { parent: this });
    this.registerOutputs();
  }
}
