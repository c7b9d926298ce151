import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { NamesNeeded } from "../settings/secret-catalogue.ts";
import type { Secrets } from "../settings/secrets.ts";

type Generated = NamesNeeded<"generated">;

export interface PasswordsArgs {
  /** Those that the stack was given. */
  readonly secrets: Pick<Secrets, Generated>;
  /** Whether Pulumi refuses to make a new password for the database. */
  readonly protect: boolean;
}

/** The length of generated passwords: letters and digits alone, so that no URL or configuration file must quote them. */
const LENGTH = 32;

/** The secrets that only this instance knows: those that the stack was given, and made here otherwise. */
export class Passwords extends pulumi.ComponentResource {
  /** The key of the digests by which pods are rolled. */
  readonly digestKey: pulumi.Output<string>;
  /** Every one of them, by its name under `packit:secrets`. */
  readonly values: { readonly [K in Generated]: pulumi.Output<string> };

  constructor(name: string, args: PasswordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Passwords", name, {}, opts);
    const { secrets } = args;
    const child = { parent: this };
    // A new password would not be the one that the database already has.
    const kept = { ...child, protect: args.protect };
    const value = (key: Generated, suffix: string, options: pulumi.CustomResourceOptions = child) => {
      const given = secrets[key];
      if (given !== undefined) return pulumi.secret(given.reveal());
      return new random.RandomPassword(`${name}-${suffix}`, { length: LENGTH, special: false }, options)
        .result;
    };
    const queue = secrets.fedoraMessagingQueue;
    this.values = {
      webhookSecret: value("webhookSecret", "webhook"),
      gitlabTokenSecret: value("gitlabTokenSecret", "gitlab-token"),
      postgresPassword: value("postgresPassword", "postgres", kept),
      valkeyPassword: value("valkeyPassword", "valkey"),
      flowerPassword: value("flowerPassword", "flower"),
      redisCommanderPassword: value("redisCommanderPassword", "redis-commander"),
      fedoraMessagingQueue:
        queue === undefined
          ? pulumi.secret(new random.RandomUuid(`${name}-queue`, {}, child).result)
          : pulumi.secret(queue.reveal()),
    };
    this.digestKey = new random.RandomPassword(
      `${name}-digest`,
      { length: LENGTH, special: false },
      child,
    ).result;
    this.registerOutputs();
  }
}
