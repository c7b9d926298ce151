import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  CATALOGUE,
  type Condition,
  type NamesNeeded,
  SECRET_NAMES,
  type SecretName,
  type SecretSpec,
} from "./secret-catalogue.ts";
import { inForm } from "./secret-form.ts";
import { REDACTED, Sensitive } from "./sensitive.ts";
import type { Path, StackConfig } from "./stack-file.ts";
import { formatPath, remedyForKey, type Violation } from "./violation.ts";

/** The secrets that a stack was given. Those that are generated when absent are `undefined` here. */
export type Secrets = { readonly [K in NamesNeeded<"always">]: Sensitive } & {
  readonly [K in NamesNeeded<Condition | "optional" | "generated">]: Sensitive | undefined;
} & {
  /** The account's token at each forge; a forge of the GitHub App need not have one. */
  readonly forgeTokens: Readonly<Record<string, Sensitive>>;
};

/** Makes a stand-in for a secret that a disposable stack was not given. */
export type StandIn = (name: SecretName | "forgeToken") => string;

/** What decides which secrets a stack needs. */
export interface SecretNeeds {
  readonly forges: { readonly [host: string]: { readonly githubApp: boolean } };
  readonly conditions: { readonly [C in Condition]: boolean };
}

/**
 * Where secrets come from: the stack (and, in a disposable one, stand-ins), or nowhere, for output without them, in
 * which each is hidden or has the name that it is given.
 */
export type SecretSource =
  | { readonly kind: "given"; readonly root: string; readonly standIn?: StandIn }
  | { readonly kind: "redacted" }
  | { readonly kind: "named"; readonly as: (path: Path) => string };

/** Reads `packit:secrets` and reports everything that is missing, misspelt or unreadable, never a value. */
export function readSecrets(
  config: StackConfig,
  { forges, conditions }: SecretNeeds,
  source: SecretSource,
): { readonly secrets: Secrets; readonly violations: readonly Violation[] } {
  const reader = new SecretReader(config, source);
  const given = reader.map(["secrets"], config.values.secrets);
  reader.refuseUnknown(["secrets"], given, [...SECRET_NAMES, "forgeTokens"]);

  const named = SECRET_NAMES.map((name) => {
    const spec: SecretSpec = CATALOGUE[name];
    const needed = neededNow(spec, conditions);
    return [name, reader.read(["secrets", name], given[name], name, { ...spec, needed })];
  });

  reader.refuseHalf(["awsAccessKeyId", "awsSecretAccessKey"], given);

  const tokens = reader.map(["secrets", "forgeTokens"], given.forgeTokens);
  reader.refuseUnknown(["secrets", "forgeTokens"], tokens, Object.keys(forges));
  const forgeTokens = Object.entries(forges).map(([host, { githubApp }]) => {
    // A forge of the GitHub App may have a token as well, but runs without one.
    const needed = githubApp ? "generated" : "always";
    const spec: SecretSpec = { needed, form: "line", purpose: `the account's token at ${host}` };
    return [host, reader.read(["secrets", "forgeTokens", host], tokens[host], "forgeToken", spec)] as const;
  });

  // What is needed is there once no violation was found, and the caller stops at the first one.
  const secrets = {
    ...Object.fromEntries(named),
    forgeTokens: Object.fromEntries(forgeTokens.filter(([, token]) => token)),
  } as Secrets;
  return { secrets, violations: reader.violations };
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

class SecretReader {
  readonly violations: Violation[] = [];
  readonly #config: StackConfig;
  readonly #source: SecretSource;

  constructor(config: StackConfig, source: SecretSource) {
    this.#config = config;
    this.#source = source;
  }

  /** A map of secrets; anything else in its place is refused. */
  map(path: Path, given: unknown): Record<string, unknown> {
    const isMap =
      given === undefined || (typeof given === "object" && given !== null && !Array.isArray(given));
    if (!isMap) this.#refuse(path, "something else", "a map of secrets", "see docs/secrets.md");
    return isMap ? asMap(given) : {};
  }

  refuseUnknown(path: Path, given: Readonly<Record<string, unknown>>, known: readonly string[]): void {
    for (const key of Object.keys(given).filter((name) => !known.includes(name))) {
      this.#refuse([...path, key], "an unknown key", `one of ${known.join(", ")}`, remedyForKey(key, known));
    }
  }

  /** Two secrets that are of use only together are both left out, or none of them. */
  refuseHalf(pair: readonly [SecretName, SecretName], given: Readonly<Record<string, unknown>>): void {
    const isLeftOut = (name: SecretName) => "leftOut" in asMap(given[name]);
    const half = pair.find((name) => isLeftOut(name) && !pair.every(isLeftOut));
    if (half !== undefined)
      this.#refuse(["secrets", half], "leftOut", `both ${pair.join(" and ")}, or none`, "see the other");
  }

  read(path: Path, given: unknown, name: SecretName | "forgeToken", spec: SecretSpec): Sensitive | undefined {
    const { leftOut, file, secure } = asMap(given);
    if (typeof leftOut === "string" && leftOut !== "") {
      if (spec.needed === "optional") return undefined;
      return this.#refuse(path, "leftOut", `${spec.purpose}; it cannot be left out`, setCommand(path));
    }
    const isPlain = this.#config.file?.isPlainText(path);
    if (isPlain)
      return this.#refuse(path, "a value in plain text", `${spec.purpose}, encrypted`, setCommand(path));
    if (
      given !== undefined &&
      ![given, file, secure].some((form) => typeof form === "string" && form !== "")
    ) {
      const forms =
        spec.needed === "optional" ? "{ file: PATH } or { leftOut: REASON }" : "or { file: PATH }";
      return this.#refuse(
        path,
        "something else",
        `${spec.purpose}: an encrypted value, ${forms}`,
        setCommand(path),
      );
    }
    if (this.#source.kind === "redacted") {
      return spec.needed === "generated" && given === undefined ? undefined : new Sensitive(REDACTED);
    }
    if (this.#source.kind === "named") {
      const isMade = name !== "forgeToken" && CATALOGUE[name].needed === "generated";
      const isWanted = given !== undefined || spec.needed !== "generated" || isMade;
      return isWanted ? new Sensitive(this.#source.as(path)) : undefined;
    }
    if (given === undefined) return this.#absent(path, name, spec);
    if (typeof file === "string") return this.#fromFile(path, file, spec);
    return this.#checked(path, String(given), spec);
  }

  #absent(path: Path, name: SecretName | "forgeToken", spec: SecretSpec): Sensitive | undefined {
    if (spec.needed === "generated" || this.#source.kind !== "given") return undefined;
    if (this.#source.standIn) return new Sensitive(this.#source.standIn(name));
    const unless = `, or say why not: pulumi config set --path '${formatPath(path)}.leftOut' WHY`;
    const remedy = setCommand(path) + (spec.needed === "optional" ? unless : "");
    return this.#refuse(path, "nothing", spec.purpose, remedy);
  }

  #fromFile(path: Path, file: string, spec: SecretSpec): Sensitive | undefined {
    const root = this.#source.kind === "given" ? this.#source.root : ".";
    try {
      const content = readFileSync(resolve(root, file));
      return this.#checked(path, content.toString(spec.form === "base64" ? "base64" : "utf8"), spec);
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
      // The name is not shown: a value can stand there by mistake.
      const given = `a file that cannot be read (${reason})`;
      return this.#refuse(path, given, `${spec.purpose}, in a file`, "check the path");
    }
  }

  #checked(path: Path, value: string, spec: SecretSpec): Sensitive | undefined {
    const result = inForm(value, spec.form);
    if ("value" in result) return new Sensitive(result.value);
    return this.#refuse(
      path,
      "a value of another form",
      `${spec.purpose}: ${result.wanted}`,
      setCommand(path),
    );
  }

  #refuse(path: Path, given: string, allowed: string, remedy: string): undefined {
    this.violations.push({ path, given, allowed, remedy });
  }
}

function setCommand(path: Path): string {
  return `pulumi config set --secret --path '${formatPath(path)}'`;
}

function asMap(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
