import { z } from "zod";
import { CATALOGUE, SECRET_NAMES } from "../components/catalogue.ts";
import { schema } from "../components/schema.ts";
import type { SecretSpec } from "../schema/secrets/spec.ts";
import { unwrap } from "./schema-walk.ts";
import { PREFIX } from "./stack-file.ts";

type Schema = z.core.$ZodType;

interface Row {
  readonly key: string;
  readonly meaning: string;
  readonly allowed: string;
  readonly byDefault: string;
}

/** The reference of all settings and secrets, as Markdown, from the schema itself. */
export function reference(): string {
  const settings = Object.entries(schema.shape).flatMap(([name, child]) => rows(name, child));
  return `# Settings

Every key that a stack file may hold, under \`config\`, with the prefix \`${PREFIX}\`. Only \`required\` ones must be
there. A dot stands for a map within a map; \`KEY\` and \`[]\` for any key of a map and any item of a list.
This page is made from the schema by \`./ops settings\`.

${table(
  ["setting", "meaning", "allowed", "default"],
  settings.map(({ key, meaning, allowed, byDefault }) => [code(key), meaning, allowed, byDefault]),
)}
# Secrets

Under \`${PREFIX}secrets\`. Each is an encrypted value, set by \`pulumi config set --secret --path\`, or
\`{ file: PATH }\`. An optional one may say \`{ leftOut: REASON }\` instead. [secrets.md](secrets.md) tells more.

${table(["secret", "what it is", "needed"], secrets())}`;
}

function secrets(): string[][] {
  const needed = {
    always: "always",
    when: "while something asks for it",
    optional: "unless it is left out, with the reason",
    generated: "no: it is generated unless it is given",
  } as const satisfies Record<SecretSpec["needed"], string>;
  const named = SECRET_NAMES.map((name) => {
    const { purpose, neededIf, ...spec }: SecretSpec = CATALOGUE[name];
    return [code(name), purpose, neededIf ?? needed[spec.needed]];
  });
  return [
    ...named,
    [code("forgeTokens.HOST"), "the account's token at a forge", "for each forge without the GitHub App"],
    [
      code("github.token"),
      "a token that may administer the repository of `github`",
      "if `github` is set, unless GITHUB_TOKEN holds it",
    ],
    [
      code("github.NAME"),
      "what a secret of an environment or webhook under `github` holds",
      "for each NAME there",
    ],
  ];
}

function rows(key: string, wrapped: Schema): Row[] {
  const bare = unwrap(wrapped);
  const byDefault = defaultOf(wrapped);
  const children = childrenOf(key, bare);
  const meta = { ...z.globalRegistry.get(bare), ...z.globalRegistry.get(wrapped) };
  const own = { key, meaning: meta.description ?? "", allowed: meta.allowed ?? allowedBy(bare), byDefault };
  // A map of known keys is told by its keys, unless there is something to say of the whole.
  const isMap = bare instanceof z.ZodObject;
  const row = isMap ? { ...own, allowed: "", byDefault: "" } : own;
  return [...(isMap && meta.description === undefined ? [] : [row]), ...children];
}

function childrenOf(key: string, schema: Schema): Row[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([name, child]) => rows(`${key}.${name}`, child as Schema));
  }
  const inner =
    schema instanceof z.ZodRecord
      ? schema.valueType
      : schema instanceof z.ZodArray
        ? schema.element
        : undefined;
  if (inner === undefined || !(unwrap(inner) instanceof z.ZodObject)) return [];
  return rows(schema instanceof z.ZodArray ? `${key}[]` : `${key}.KEY`, inner);
}

function allowedBy(schema: Schema): string {
  if (schema instanceof z.ZodEnum) return schema.options.map(String).map(code).join(", ");
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String).map(code).join(", ");
  if (schema instanceof z.ZodArray) return `a list; ${allowedOf(schema.element)}`;
  if (schema instanceof z.ZodRecord) return `a map; ${allowedOf(schema.valueType)}`;
  if (schema instanceof z.ZodNumber) return "a whole number";
  return "";
}

function allowedOf(schema: Schema): string {
  const bare = unwrap(schema);
  return z.globalRegistry.get(bare)?.allowed ?? (allowedBy(bare) || "see below");
}

/** The default as the outermost wrapper says it, and what becomes of it where a map or a list is given. */
function defaultOf(schema: Schema): string {
  if (schema instanceof z.ZodOptional) return "";
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) return "required";
  const { addedTo } = z.globalRegistry.get(schema) ?? {};
  const value: unknown = addedTo ?? schema.def.defaultValue;
  const shown = showDefault(value);
  if (addedTo !== undefined) return `${shown}; what is given is added to the default`;
  return Array.isArray(value) && value.length > 0 ? `${shown}; given, it replaces the default` : shown;
}

function showDefault(value: unknown): string {
  const text = JSON.stringify(value);
  if (typeof value !== "object" || value === null || text.length <= 60) return code(text);
  return Array.isArray(value)
    ? `${value.length} items, in its schema`
    : Object.keys(value).map(code).join(", ");
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return row(head) + row(head.map(() => "---")) + lines.map(row).join("");
}

function code(text: string): string {
  return `\`${text}\``;
}
