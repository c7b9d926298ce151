import type { Path, StackConfig } from "../stack-file.ts";
import { formatPath, type Violation } from "../violation.ts";
import {
  CATALOGUE,
  type Condition,
  type NamesNeeded,
  PAIRS,
  SECRET_NAMES,
  type SecretName,
  type SecretSpec,
} from "./catalogue.ts";
import type { Surroundings } from "./form.ts";
import { fits } from "./forms/certificate.ts";
import { howGiven, SecretReader } from "./reader.ts";
import type { Sensitive } from "./sensitive.ts";

/** The secrets that a stack was given. Those that are generated when absent are `undefined` here. */
export type Secrets = { readonly [K in NamesNeeded<"always">]: Sensitive } & {
  readonly [K in NamesNeeded<Condition | "optional" | "generated">]: Sensitive | undefined;
} & {
  /** The account's token at each forge; a forge of the GitHub App need not have one. */
  readonly forgeTokens: Readonly<Record<string, Sensitive>>;
};

/** Makes a stand-in for a secret that a disposable stack needs and was not given. */
export type StandIn = (name: SecretName | "forgeToken") => string;

/** What decides which secrets a stack needs, and what they must fit. */
export interface SecretNeeds {
  readonly forges: { readonly [host: string]: { readonly githubApp: boolean } };
  readonly conditions: { readonly [C in Condition]: boolean };
  readonly around: Surroundings;
}

/**
 * Where secrets come from: the stack (and, in a disposable one, stand-ins), or nowhere, for output without them, in
 * which each is hidden or has the name that it is given.
 */
export type SecretSource =
  | { readonly kind: "given"; readonly root: string; readonly standIn?: StandIn }
  | { readonly kind: "redacted" }
  | { readonly kind: "named"; readonly as: (path: Path) => string };

/**
 * Reads `packit:secrets` and reports everything that is missing, misspelt, unreadable or of no use to its readers,
 * never a value. The secrets that are wrong are absent from what it gives back.
 */
export function readSecrets(
  config: StackConfig,
  { forges, conditions, around }: SecretNeeds,
  source: SecretSource,
): { readonly secrets: Secrets; readonly violations: readonly Violation[] } {
  const reader = new SecretReader(config, source, around);
  const given = reader.map(["secrets"], config.values.secrets);
  reader.refuseUnknown(["secrets"], given, [...SECRET_NAMES, "forgeTokens"]);

  const named = SECRET_NAMES.map((name) => {
    const spec: SecretSpec = CATALOGUE[name];
    const needed = neededNow(spec, conditions);
    const half = otherHalf(name);
    const isHalf = half !== undefined && isGiven(given[half]);
    const asked = { path: ["secrets", name], name, spec: { ...spec, needed }, isHalf };
    return [name, reader.read(asked, given[name])];
  });
  refuseHalves(reader, given);

  const tokens = reader.map(["secrets", "forgeTokens"], given.forgeTokens);
  reader.refuseUnknown(["secrets", "forgeTokens"], tokens, Object.keys(forges));
  const forgeTokens = Object.entries(forges).map(([host, { githubApp }]) => {
    // A forge of the GitHub App may have a token as well, but runs without one.
    const needed = githubApp ? "generated" : "always";
    const spec: SecretSpec = { needed, form: "token", purpose: `the account's token at ${host}` };
    const asked = { path: ["secrets", "forgeTokens", host], name: "forgeToken", spec } as const;
    return [host, reader.read(asked, tokens[host])] as const;
  });

  // What is needed is there once no violation was found, and the caller stops at the first one.
  const secrets = {
    ...Object.fromEntries(named),
    forgeTokens: Object.fromEntries(forgeTokens.filter(([, token]) => token)),
  } as Secrets;
  if (source.kind === "given" && isGiven(given.tlsPrivateKey)) refuseForeignKey(reader, secrets);
  return { secrets, violations: reader.violations };
}

/** Two secrets that are of use only together are both left out, or none of them. */
function refuseHalves(reader: SecretReader, given: Readonly<Record<string, unknown>>): void {
  for (const pair of PAIRS) {
    const half = pair.find(
      (name) => howGiven(given[name]).by === "leftOut" && isGiven(given[otherHalf(name) ?? name]),
    );
    if (half !== undefined)
      reader.refuse(["secrets", half], "leftOut", `both ${pair.join(" and ")}, or none`, "see the other");
  }
}

function refuseForeignKey(reader: SecretReader, { tlsCertificate, tlsPrivateKey }: Secrets): void {
  if (!tlsCertificate || !tlsPrivateKey || fits(tlsCertificate.reveal(), tlsPrivateKey.reveal())) return;
  const certificate = formatPath(["secrets", "tlsCertificate"]);
  reader.refuse(
    ["secrets", "tlsPrivateKey"],
    "the key of another certificate",
    `the key of the first certificate in ${certificate}`,
    "give both anew, from the same folder",
  );
}

function otherHalf(name: SecretName): SecretName | undefined {
  return PAIRS.flatMap(([one, other]) => (name === one ? [other] : name === other ? [one] : []))[0];
}

function isGiven(given: unknown): boolean {
  const { by } = howGiven(given);
  return by !== "nothing" && by !== "leftOut";
}

/** How a secret is needed while these conditions hold; what is not needed may be given all the same. */
function neededNow(
  { needed, neededWith }: SecretSpec,
  conditions: SecretNeeds["conditions"],
): "always" | "optional" | "generated" {
  if (neededWith && conditions[neededWith]) return "always";
  if (!isCondition(needed)) return needed;
  return conditions[needed] ? "always" : "generated";
}

function isCondition(needed: SecretSpec["needed"]): needed is Condition {
  return needed !== "always" && needed !== "optional" && needed !== "generated";
}
