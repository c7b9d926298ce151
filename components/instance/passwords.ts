import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { SecretSpec } from "../../schema/secrets/spec.ts";
import { CATALOGUE, GENERATED, type Generated } from "../catalogue.ts";
import type { Settings } from "../settings.ts";

export interface PasswordsArgs {
  /** Those that the stack was given, and how often each of the others was made anew. */
  readonly settings: Settings;
  /** Whether Pulumi refuses to lose the database's password. */
  readonly protect: boolean;
}

/** The length of generated passwords: letters and digits alone, so that no URL or configuration file must quote them. */
const LENGTH = 32;

/**
 * The secrets that only this instance knows: those that the stack was given, and made here otherwise. One that is made
 * anew is a new generation beside the former ones: nothing is lost, and the former one can be had back.
 */
export class Passwords extends pulumi.ComponentResource {
  /** The key of the digests by which pods are rolled. */
  readonly digestKey: pulumi.Output<string>;
  /** Every one of them, by its name under `packit:secrets`. */
  readonly values: { readonly [K in Generated]: pulumi.Output<string> };

  constructor(name: string, args: PasswordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Passwords", name, {}, opts);
    const { secrets, generations } = args.settings;
    const child = { parent: this };
    // A new password would not be the one that the database already has.
    const kept = { ...child, protect: args.protect };
    const value = (key: Generated, make: (suffix: string) => pulumi.Output<string>) => {
      const given = secrets[key];
      if (given !== undefined) return pulumi.secret(given.reveal());
      const [first, ...later] = Array.from({ length: generations[key] }, (_, i) =>
        i === 0 ? "" : `-${i + 1}`,
      );
      return later.reduce((_, suffix) => make(suffix), make(first ?? ""));
    };
    const settings = { ...args.settings };
    const made = GENERATED.flatMap((key) => {
      const { form, isNeeded, isProtected = false, resource = key }: SecretSpec = CATALOGUE[key];
      if (isNeeded?.(settings) === false) return [];
      const first = isProtected ? kept : child;
      const make = form === "uuid" ? randomUuid : randomPassword;
      const made = value(key, (suffix) =>
        // A later generation can be given up again.
        make(`${name}-${resource}${suffix}`, suffix === "" ? first : child),
      );
      return [[key, made] as const];
    });
    // GENERATED has every key of the type; a secret that is not needed has no reader.
    this.values = Object.fromEntries(made) as Record<Generated, pulumi.Output<string>>;
    this.digestKey = randomPassword(`${name}-digest`, child);
    this.registerOutputs();
  }
}

function randomPassword(name: string, options: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return new random.RandomPassword(name, { length: LENGTH, special: false }, options).result;
}

function randomUuid(name: string, options: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return pulumi.secret(new random.RandomUuid(name, {}, options).result);
}
