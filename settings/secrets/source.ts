import type { SecretName } from "../../components/catalogue.ts";
import type { Path } from "../path.ts";

/** Makes a stand-in for a secret that a disposable stack needs and was not given. */
export type StandIn = (name: SecretName | "forgeToken" | "github") => string;

/**
 * Where secrets come from: the stack (and, in a disposable one, stand-ins), or nowhere, for output without them, in
 * which each is hidden or has the name that it is given.
 */
export type SecretSource =
  | {
      readonly kind: "given";
      readonly root: string;
      readonly standIn?: StandIn;
      /** The token for GitHub of a stack whose configuration has none. @default - there is none */
      readonly githubToken?: string | undefined;
    }
  | { readonly kind: "redacted" }
  | { readonly kind: "named"; readonly as: (path: Path) => string };
