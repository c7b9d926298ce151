import type { StandIns } from "./stand-ins.ts";

/** The variable in which a command hands a test instance's secrets to the program that Pulumi's engine runs. */
export const HANDED_SECRETS = "PACKIT_TEST_INSTANCE_SECRETS";

/** What is in it, as JSON. */
export interface HandedSecrets {
  /** What stands under `packit:secrets`. */
  readonly secrets: unknown;
  readonly standIns: StandIns;
}

/** The secrets that were handed over, if any were. */
export function handedSecrets(): HandedSecrets | undefined {
  const text = process.env[HANDED_SECRETS];
  // A command of this checkout has written it.
  return text === undefined ? undefined : (JSON.parse(text) as HandedSecrets);
}
