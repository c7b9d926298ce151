import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { NamesNeeded } from "../settings/secret-catalogue.ts";
import type { Secrets } from "../settings/secrets.ts";

type Generated = NamesNeeded<"generated">;

/** The length of generated passwords: letters and digits alone, so that no URL or configuration file must quote them. */
const LENGTH = 32;

/** The secrets that only this instance knows: those that the stack was given, and made here otherwise. */
export class Passwords extends pulumi.ComponentResource {
  /** Every one of them, by its name under `packit:secrets`. */
  readonly values: { readonly [K in Generated]: pulumi.Output<string> };

  constructor(name: string, secrets: Pick<Secrets, Generated>, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Passwords", name, {}, opts);
    const child = { parent: this };
    const value = (key: Generated, suffix: string) => {
      const given = secrets[key];
      if (given !== undefined) return pulumi.secret(given.reveal());
      return new random.RandomPassword(`${name}-${suffix}`, { length: LENGTH, special: false }, child).result;
    };
    const queue = secrets.fedoraMessagingQueue;
    this.values = {
      webhookSecret: value("webhookSecret", "webhook"),
      gitlabTokenSecret: value("gitlabTokenSecret", "gitlab-token"),
      postgresPassword: value("postgresPassword", "postgres"),
      flowerPassword: value("flowerPassword", "flower"),
      fedoraMessagingQueue:
        queue === undefined
          ? pulumi.secret(new random.RandomUuid(`${name}-queue`, {}, child).result)
          : pulumi.secret(queue.reveal()),
    };
    this.registerOutputs();
  }
}
