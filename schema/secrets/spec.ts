import type { SecretForm } from "./form.ts";
import type { Sensitive } from "./sensitive.ts";

/**
 * How a secret is needed. `always`: no instance runs without it. `when`: while something holds. `optional`: it may be
 * left out, with the reason. `generated`: made by the program unless given, as for an instance that is taken over.
 */
export type Needed = "always" | "when" | "optional" | "generated";

/** What is known of one secret: what it is for, and how its value looks. */
export interface SecretSpec<N extends Needed = Needed> {
  readonly purpose: string;
  readonly form: SecretForm;
  readonly needed: N;
  /**
   * Whether it is needed now, by the settings as far as they are known: an optional one may not be left out then, and a
   * generated one is made then alone. @default - always, if it is generated; never, if it is optional
   */
  readonly isNeeded?: (settings: DecidingSettings | undefined) => boolean;
  /** That, in words. */
  readonly neededIf?: string;
  /** The settings that decide whether it is asked for, and may not be told of while they are wrong themselves. */
  readonly decidedBy?: readonly string[];
  /** Whether Pulumi refuses to lose the one that is generated first, as a store keeps it. @default false */
  readonly isProtected?: boolean;
  /** What the resource that generates it is called. */
  readonly resource?: string;
  /** The secret without which it is of no use: both are given, or none of them. */
  readonly pair?: string;
}

/** The settings that decide which secrets are needed: each spec looks at its own. */
export type DecidingSettings = Readonly<Record<string, unknown>>;

export type SecretSpecs = Readonly<Record<string, SecretSpec>>;

/** The secrets that a stack was given. Those that are generated when absent are `undefined` here. */
export type SecretsOf<C extends SecretSpecs> = {
  readonly [K in keyof C]: C[K]["needed"] extends "always" ? Sensitive : Sensitive | undefined;
};

/** The names of the secrets that are needed in a certain way. */
export type NamesNeeded<C extends SecretSpecs, N extends Needed> = {
  [K in keyof C]: C[K]["needed"] extends N ? K : never;
}[keyof C];

/** A secret that is needed in a certain way. */
export function secret<N extends Needed>(
  needed: N,
  purpose: string,
  form: SecretForm = "token",
  more: Omit<SecretSpec<N>, "needed" | "purpose" | "form"> = {},
): SecretSpec<N> {
  return { needed, purpose, form, ...more };
}
