import { CATALOGUE, type SecretName } from "../../components/catalogue.ts";
import { inForm, type Surroundings } from "../../schema/secrets/form.ts";
import type { Fault } from "../../schema/secrets/forms/read.ts";
import { REDACTED, Sensitive } from "../../schema/secrets/sensitive.ts";
import type { SecretSpec } from "../../schema/secrets/spec.ts";
import { isMap } from "../../system/is-map.ts";
import type { Path, StackConfig } from "../stack-file.ts";
import { formatPath, remedyForKey, type Violation } from "../violation.ts";
import { readSecretFile } from "./file.ts";
import type { SecretSource } from "./source.ts";

/** The ways to give a secret. */
export type Given =
  | { readonly by: "nothing" }
  | { readonly by: "value" | "file" | "leftOut" | "secure"; readonly text: string }
  | { readonly by: "mistake"; readonly fault: string };

/** One secret to be read. */
export interface Asked {
  readonly path: Path;
  readonly name: SecretName | "forgeToken" | "github";
  readonly spec: SecretSpec;
  /** Whether its other half, without which it is of no use, was given: it is not made up then. */
  readonly isHalf?: boolean;
}

/** Reads secrets one by one, and collects what is wrong with them; never a value. */
export class SecretReader {
  readonly violations: Violation[] = [];
  readonly #config: StackConfig;
  readonly #source: SecretSource;
  readonly #around: Surroundings;

  constructor(config: StackConfig, source: SecretSource, around: Surroundings) {
    this.#config = config;
    this.#source = source;
    this.#around = around;
  }

  /** A map of secrets; anything else in its place is refused. */
  map(path: Path, given: unknown): Record<string, unknown> {
    if (given === undefined || isMap(given)) return given ?? {};
    this.refuse(path, "something else", "a map of secrets", "see docs/secrets.md");
    return {};
  }

  refuseUnknown(path: Path, given: Readonly<Record<string, unknown>>, known: readonly string[]): void {
    for (const key of Object.keys(given).filter((name) => !known.includes(name))) {
      this.refuse([...path, key], "an unknown key", `one of ${known.join(", ")}`, remedyForKey(key, known));
    }
  }

  read(asked: Asked, given: unknown): Sensitive | undefined {
    const { path, spec } = asked;
    const how = howGiven(given);
    if (how.by === "leftOut") {
      if (spec.needed === "optional") return undefined;
      return this.#refuseFault(asked, { fault: "leftOut" }, "it cannot be left out");
    }
    if (this.#config.file?.isPlainText(path))
      return this.refuse(path, "a value in plain text", `${spec.purpose}, encrypted`, setCommand(path));
    if (how.by === "mistake") return this.#refuseFault(asked, how, `an encrypted value, ${otherWays(spec)}`);
    if (this.#source.kind === "given") return this.#taken(asked, how, this.#source);
    if (this.#source.kind === "redacted") {
      return spec.needed === "generated" && how.by === "nothing" ? undefined : new Sensitive(REDACTED);
    }
    const isMade =
      asked.name !== "forgeToken" && asked.name !== "github" && CATALOGUE[asked.name].needed === "generated";
    const isWanted = how.by !== "nothing" || spec.needed !== "generated" || isMade;
    return isWanted ? new Sensitive(this.#source.as(path)) : undefined;
  }

  #taken(asked: Asked, how: Given, source: SecretSource & { kind: "given" }): Sensitive | undefined {
    const { spec } = asked;
    if (how.by === "nothing") return this.#absent(asked, source);
    if (how.by === "value") return this.#checked(asked, how.text);
    if (how.by !== "file") return this.#refuseFault(asked, { fault: "a value that nobody has decrypted" });
    const read = readSecretFile(source.root, how.text, spec.form);
    return "value" in read ? this.#checked(asked, read.value) : this.#refuseFault(asked, read, "in a file");
  }

  #absent(asked: Asked, { standIn }: SecretSource & { kind: "given" }): Sensitive | undefined {
    const { path, name, spec, isHalf = false } = asked;
    if (spec.needed === "generated") return undefined;
    // Whatever is optional is left out: a service that a made-up one leads to would only answer with errors.
    if (standIn && !isHalf) return spec.needed === "optional" ? undefined : new Sensitive(standIn(name));
    const unless = `, or say why not: pulumi config set --path '${formatPath(path)}.leftOut' WHY`;
    const remedy = setCommand(path) + (spec.needed === "optional" && !isHalf ? unless : "");
    return this.refuse(path, "nothing", spec.purpose, remedy);
  }

  #checked(asked: Asked, value: string): Sensitive | undefined {
    const result = inForm(value, asked.spec.form, this.#around);
    return "value" in result ? new Sensitive(result.value) : this.#refuseFault(asked, result, result.wanted);
  }

  #refuseFault({ path, spec }: Asked, { fault, remedy }: Fault, wanted?: string): undefined {
    const allowed = wanted === undefined ? spec.purpose : `${spec.purpose}: ${wanted}`;
    const set = setCommand(path);
    return this.refuse(path, fault, allowed, remedy === undefined ? set : `${remedy}; then ${set}`);
  }

  refuse(path: Path, given: string, allowed: string, remedy: string): undefined {
    this.violations.push({ path, given, allowed, remedy });
  }
}

/** How a secret is given; one way at a time. */
export function howGiven(given: unknown): Given {
  if (given === undefined) return { by: "nothing" };
  if (given === "") return { by: "mistake", fault: "an empty value" };
  if (typeof given === "string") return { by: "value", text: given };
  if (!isMap(given)) return SOMETHING_ELSE;
  const ways = (["file", "leftOut", "secure"] as const).filter((way) => way in given);
  if (ways.length > 1) return { by: "mistake", fault: `${ways.join(" and ")} together` };
  const [by] = ways;
  const text = by && given[by];
  const isOne = typeof text === "string" && text.trim() !== "" && Object.keys(given).length === 1;
  return by && isOne ? { by, text } : SOMETHING_ELSE;
}

const SOMETHING_ELSE: Given = { by: "mistake", fault: "something else" };

function otherWays({ needed }: SecretSpec): string {
  return needed === "optional" ? "{ file: PATH } or { leftOut: REASON }" : "or { file: PATH }";
}

function setCommand(path: Path): string {
  return `pulumi config set --secret --path '${formatPath(path)}'`;
}
