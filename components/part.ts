import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Claim } from "../kubernetes/workload.ts";
import type { Refusal } from "../schema/refuse.ts";
import type { SecretSpecs } from "../schema/secrets/spec.ts";
import type { ImageSpecs, Stream } from "./images.ts";
import type { EgressHost } from "./network/egress-host.ts";
import type { PartArgs } from "./part-args.ts";
import type { DatabaseRole } from "./postgres/settings.ts";
import type { CoreSettings } from "./stack/settings.ts";
import type { Component } from "./workload.ts";

/** A part of Packit Service, as the rest of the program knows it; S is what it reads of a stack's settings. */
export interface Part<in S = CoreSettings> {
  readonly name: string;
  /** Its keys of a stack file. */
  readonly settings: z.core.$ZodShape;
  /** Its keys of a stack file's `hosts`. @default - it has no host */
  readonly hosts?: z.core.$ZodShape;
  /** Its images, by their keys of a stack file's `images`. @default - it runs those of another part */
  readonly images?: ImageSpecs;
  /** Its secrets, by their keys of a stack file's `secrets`. @default - it has none */
  readonly secrets?: SecretSpecs;
  /** What is wrong with settings that are each right alone. */
  readonly refusals?: (settings: S) => Refusal[];
  /** Whether a stack has it. */
  readonly isOn: (settings: S) => boolean;
  /** The images that it runs, where its settings choose among them. @default - all of its own */
  readonly streams?: (settings: S) => readonly Stream[];
  /** Its pods in the instance's own namespace, and whom they talk to. */
  readonly components?: (settings: S) => readonly Component[];
  /** Its volumes in the instance's own namespace. */
  readonly claims?: (settings: S) => readonly Claim[];
  /** Its pods and volumes in the sandbox's namespace. */
  readonly inSandbox?: (settings: S) => {
    readonly components: readonly Component[];
    readonly claims: readonly Claim[];
  };
  /** The hosts outside the cluster that it reaches. */
  readonly egress?: (settings: S) => readonly EgressHost[];
  /** Those of its hosts that the stack's own certificate is shown for. */
  readonly certified?: (settings: S) => readonly (string | undefined)[];
  /** The user of the database that it reads it as. @default - it reads no database, or as the service does */
  readonly databaseRole?: DatabaseRole;
  /** What people look at, where a stack has it. */
  readonly page?: Page<S>;
  /** How a test instance asks for it. @default - no test instance chooses */
  readonly choice?: Choice;
  /** Whether it reads the GitHub App's id, which Packit itself has in its configuration. @default false */
  readonly readsAppId?: boolean;
  /** What makes its objects. @default - the instance itself does, as others are made from what it gives them */
  readonly component?: () => Promise<ComponentClass<S>>;
  /** Whether it stands beside the service, as something to look at. @default false */
  readonly isTool?: boolean;
  /** The parts that are there before it. */
  readonly after?: readonly string[];
}

/** The hosts of a stack, by their keys of its file's `hosts`. */
export type Hosts = Readonly<Record<string, string | undefined>>;

/** A page of a part. */
export interface Page<in S> {
  /** Its name among the stack's outputs. */
  readonly name: string;
  readonly url: (hosts: Hosts) => string | undefined;
  /** What people call it. */
  readonly label: string;
  /** Who is let in. @default - everybody */
  readonly login?: Login;
  /** Whether something shows it. @default - the part itself does */
  readonly isOn?: (settings: S) => boolean;
}

/** An account, and the Secret and key in which its password is. */
export interface Login {
  readonly user: string;
  readonly secret: string;
  readonly key: string;
}

/** How a test instance asks for a part. */
export interface Choice {
  readonly name: string;
  /** The setting that switches it. */
  readonly setting: string;
  /** Whether it is there unless it is asked for. */
  readonly isUsual: boolean;
  /** How it is looked at where no host leads to it. @default - at its page */
  readonly access?: {
    /** What it lets see, and what it is. */
    readonly label: string;
    readonly what: string;
    readonly forward: { readonly deployment: string; readonly port: number };
    readonly login: Login;
  };
}

/** The class of a part's component resource. */
export type ComponentClass<S> = new (
  name: string,
  args: PartArgs<S>,
  opts?: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;
