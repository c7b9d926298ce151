import { CATALOGUE, SECRET_NAMES, type SecretName } from "../../components/catalogue.ts";
import { TOKEN } from "../../components/github/values.ts";
import type { Secrets } from "../../components/settings.ts";
import type { Surroundings } from "../../schema/secrets/form.ts";
import { fits } from "../../schema/secrets/forms/certificate.ts";
import type { SecretSpec } from "../../schema/secrets/spec.ts";
import type { StackConfig } from "../stack-file.ts";
import { formatPath, type Violation } from "../violation.ts";
import { howGiven, SecretReader } from "./reader.ts";
import type { SecretSource } from "./source.ts";

/** What decides which secrets a stack needs, and what they must fit. */
export interface SecretNeeds {
  readonly forges: { readonly [host: string]: { readonly githubApp: boolean } };
  /** What GitHub is given, by its names under `secrets.github`, each with what it is for. */
  readonly github: Readonly<Record<string, string>>;
  /** The secrets that are needed while something holds, as it does now. */
  readonly needed: readonly SecretName[];
  readonly around: Surroundings;
}

/**
 * Reads `packit:secrets` and reports everything that is missing, misspelt, unreadable or of no use to its readers,
 * never a value. The secrets that are wrong are absent from what it gives back.
 */
export function readSecrets(
  config: StackConfig,
  { forges, github, needed, around }: SecretNeeds,
  source: SecretSource,
): { readonly secrets: Secrets; readonly violations: readonly Violation[] } {
  const reader = new SecretReader(config, source, around);
  const given = reader.map(["secrets"], config.values.secrets);
  reader.refuseUnknown(["secrets"], given, [...SECRET_NAMES, "forgeTokens", "github"]);

  const named = SECRET_NAMES.map((name) => {
    const spec: SecretSpec = CATALOGUE[name];
    const now = needed.includes(name) ? "always" : spec.needed === "when" ? "generated" : spec.needed;
    const half = otherHalf(name);
    const isHalf = half !== undefined && isGiven(given[half]);
    const asked = { path: ["secrets", name], name, spec: { ...spec, needed: now }, isHalf };
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

  const all = reader.map(["secrets", "github"], given.github);
  reader.refuseUnknown(["secrets", "github"], all, Object.keys(github));
  const ofEnvironment = source.kind === "given" ? source.githubToken : undefined;
  const handed = Object.entries(github).map(([key, purpose]) => {
    const isToken = key === TOKEN;
    const spec: SecretSpec = { needed: "always", form: isToken ? "token" : "content", purpose };
    const asked = { path: ["secrets", "github", key], name: "github", spec } as const;
    return [key, reader.read(asked, all[key] ?? (isToken ? ofEnvironment : undefined))] as const;
  });

  // What is needed is there once no violation was found, and the caller stops at the first one.
  const secrets = {
    ...Object.fromEntries(named),
    forgeTokens: Object.fromEntries(forgeTokens.filter(([, token]) => token)),
    github: Object.fromEntries(handed.filter(([, value]) => value)),
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

/** Two secrets that are of use only together. */
const PAIRS = SECRET_NAMES.flatMap((name) => {
  const { pair }: SecretSpec = CATALOGUE[name];
  // Specs name secrets beside them.
  return pair === undefined ? [] : [[pair as SecretName, name] as const];
});

function otherHalf(name: SecretName): SecretName | undefined {
  return PAIRS.flatMap(([one, other]) => (name === one ? [other] : name === other ? [one] : []))[0];
}

function isGiven(given: unknown): boolean {
  const { by } = howGiven(given);
  return by !== "nothing" && by !== "leftOut";
}
