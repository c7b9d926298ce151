import type * as pulumi from "@pulumi/pulumi";
import type { Claim, Workload } from "../kubernetes/workload.ts";
import type { Destination } from "../platform/destination.ts";
import type { Image } from "../platform/image.ts";
import type { Credentials } from "./configuration/credentials.ts";

/** What a part's objects are made from. */
export interface PartArgs<out S> {
  /** Where its objects go. */
  readonly destination: Destination;
  /** Where the sandbox's objects go. @default - there is no sandbox */
  readonly sandbox?: Destination | undefined;
  /** The settings that it reads: its own, and those of the whole stack. */
  readonly settings: S;
  /** The files and credentials of which it mounts its own. */
  readonly configuration: Credentials;
  /** Its images, and those of other parts, by the names of their streams. */
  readonly image: (stream: string) => Image;
  /** The streams of Packit's own images that somebody must import, as nothing follows them. */
  readonly imported: readonly string[];
  /** What the pods of one of its components take. */
  readonly workload: (component: string) => Workload;
  /** One of its volumes. */
  readonly claim: (name: string) => Claim;
  /** One of its volumes in the sandbox's namespace. */
  readonly sandboxClaim: (name: string) => Claim;
  /** A generated secret, by its key of a stack file's `secrets`. */
  readonly password: (key: string) => pulumi.Output<string>;
  /** Whether Pulumi refuses to delete its data. */
  readonly protect: boolean;
}
