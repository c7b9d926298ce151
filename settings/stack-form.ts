import { isMap, isNode, isScalar, type Node, type YAMLMap } from "yaml";
import { UserError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import { PREFIX } from "./path.ts";

/** What a file of Pulumi's may hold. */
export interface FileForm {
  /** The keys that Pulumi knows. */
  readonly keys: readonly string[];
  /** The keys that must be there, and the only value of each that this program can do with. */
  readonly fixed: Readonly<Record<string, string>>;
  /** The keys below a setting's own below which its value stands. */
  readonly within: readonly string[];
  /** What may stand beside the first of these. */
  readonly beside: readonly string[];
}

/** Pulumi.<stack>.yaml: `ProjectStack` in Pulumi's sdk/go/common/workspace/project.go. */
export const STACK_FORM: FileForm = {
  keys: ["config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"],
  fixed: {},
  within: [],
  beside: [],
};

/**
 * Pulumi.yaml: `Project` there. `stackConfigDir` is left out, as stack files stand beside Pulumi.yaml here; so are
 * `type` and `secret` of a setting, which Pulumi would check by other rules.
 */
export const PROJECT_FORM: FileForm = {
  keys: [
    "name",
    "runtime",
    "main",
    "description",
    "author",
    "website",
    "license",
    "config",
    "template",
    "backend",
    "options",
    "packages",
    "plugins",
    "requiredPulumiVersion",
  ],
  fixed: { name: PREFIX.slice(0, -1) },
  within: ["default"],
  beside: ["description"],
};

type Place = (text: string, node: Node | null) => string;

/** Refuses a parsed file that Pulumi would read otherwise than this program, with all that is wrong with its form. */
export function refuseOtherForm(form: FileForm, contents: unknown, place: Place): void {
  const mistakes = isMap(contents)
    ? [...topMistakes(form, contents), ...configMistakes(form, contents)]
    : emptyMistakes(form, contents);
  if (mistakes.length > 0)
    throw new UserError(mistakes.map(({ text, node }) => place(text, node)).join("\n"));
}

interface Mistake {
  readonly node: Node | null;
  readonly text: string;
}

/** A stack file that holds nothing says nothing; all else must be a map. */
function emptyMistakes({ keys, fixed }: FileForm, contents: unknown): Mistake[] {
  const [needed] = Object.entries(fixed);
  if (contents === null && needed === undefined) return [];
  const text = contents === null ? "holds nothing. It" : "is no map. It";
  const remedy = needed === undefined ? `may hold ${keys.join(", ")}` : `needs ${needed.join(": ")}`;
  return [{ node: asNode(contents), text: `${text} ${remedy}.` }];
}

function topMistakes({ keys, fixed }: FileForm, map: YAMLMap): Mistake[] {
  const unknown = entries(map)
    .filter(({ name }) => !keys.includes(name))
    .map(({ name, node }) => {
      const meant = nearest(name, keys);
      const remedy = meant === undefined ? `It may hold ${keys.join(", ")}.` : `Did you mean ${meant}?`;
      return { node, text: `${name} is an unknown key. ${remedy}` };
    });
  const wrong = Object.entries(fixed)
    .filter(([name, value]) => map.get(name) !== value)
    .map(([name, value]) => ({ node: asNode(map.get(name, true)), text: `needs ${name}: ${value}.` }));
  return [...unknown, ...wrong];
}

function configMistakes(form: FileForm, contents: YAMLMap): Mistake[] {
  const config = contents.get("config", true);
  if (config === undefined || (isScalar(config) && config.value === null)) return [];
  if (!isMap(config)) {
    return [
      { node: asNode(config), text: `config is no map. It needs keys that start with ${PREFIX} below it.` },
    ];
  }
  return entries(config).flatMap(({ name, node, value }) => {
    const text = keyMistake(name) ?? (name.startsWith(PREFIX) ? valueMistake(form, name, value) : undefined);
    return text === undefined ? [] : [{ node, text }];
  });
}

/** Pulumi adds the project's name to a key without a prefix, and takes `:config:` out of one that has it. */
function keyMistake(name: string): string | undefined {
  const parts = name.split(":");
  if (parts.length === 1) return `${name} has no prefix. Write it as ${PREFIX}${name}.`;
  if (parts.length === 2) return undefined;
  const [first, ...rest] = parts;
  return `${name} has more than one prefix. Write it as ${first}:${rest.at(-1)}.`;
}

function valueMistake({ within, beside }: FileForm, name: string, value: unknown): string | undefined {
  const [step] = within;
  if (step === undefined) return textMistake(name, value);
  if (!isMap(value) || !value.has(step)) return `${name} needs a map with ${step}: and its value below it.`;
  const other = entries(value).find((entry) => entry.name !== step && !beside.includes(entry.name));
  if (other === undefined) return textMistake(name, value.get(step, true));
  return `${name}.${other.name} is not known to this program. It may hold ${[step, ...beside].join(", ")}.`;
}

/** The engine hands over texts as they are, and maps and lists as JSON: who reads that cannot tell them apart. */
function textMistake(name: string, value: unknown): string | undefined {
  if (!isScalar(value) || typeof value.value !== "string" || !/^[[{]/.test(value.value)) return undefined;
  try {
    JSON.parse(value.value);
  } catch {
    return undefined;
  }
  return `${name} is a map or a list in quotes. Write it without quotes.`;
}

function entries(
  map: YAMLMap,
): { readonly name: string; readonly node: Node | null; readonly value: unknown }[] {
  return map.items.map(({ key, value }) => ({
    name: String(isScalar(key) ? key.value : key),
    node: asNode(key),
    value,
  }));
}

function asNode(value: unknown): Node | null {
  return isNode(value) ? value : null;
}
