import type { Sensitive } from "../schema/secrets/sensitive.ts";
import type { NamedSecrets } from "./catalogue.ts";
import type { SchemaOutput } from "./schema.ts";

/** The secrets that a stack was given. Those that are generated when absent are `undefined` here. */
export type Secrets = NamedSecrets & {
  /** The account's token at each forge; a forge of the GitHub App need not have one. */
  readonly forgeTokens: Readonly<Record<string, Sensitive>>;
  /** What GitHub is given, and the token with which it is; none where the stack declares nothing of GitHub. */
  readonly github: Readonly<Record<string, Sensitive>>;
};

/** All that a stack says, checked, with every default filled in: the one value that components are made from. */
export interface Settings extends Omit<SchemaOutput, "sandboxNamespace"> {
  /** The stack's name, as in Pulumi.<stack>.yaml. */
  readonly stack: string;
  readonly sandboxNamespace: string;
  readonly secrets: Secrets;
  /** What will soon need somebody's attention, one line each. */
  readonly warnings: readonly string[];
}
