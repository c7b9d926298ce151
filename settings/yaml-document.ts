import { type Document, type ErrorCode, LineCounter, parseDocument, visit } from "yaml";
import { UserError } from "../errors.ts";
import { formatPath, PREFIX } from "./path.ts";
import { ALIAS, type DocumentPath, yamlMistakes } from "./yaml-mistakes.ts";
import { yamlText } from "./yaml-text.ts";

/** What is broken in a text that is no YAML, by the parser's code. Its message can quote the text, and so a secret. */
const BROKEN = {
  ALIAS_PROPS: "an alias has an anchor or a tag",
  BAD_ALIAS: "a value starts with * and is not quoted",
  BAD_COLLECTION_TYPE: "a map or list has a tag of another kind",
  BAD_DIRECTIVE: "a line starts with % and is not quoted",
  BAD_DQ_ESCAPE: "a text in double quotes has a backslash that escapes nothing",
  BAD_INDENT: "the line is not indented as those around it",
  BAD_PROP_ORDER: "an anchor or a tag is in the wrong place",
  BAD_SCALAR_START: "a value starts with a character that must be quoted",
  BLOCK_AS_IMPLICIT_KEY: "there is a second colon, or a map where a text belongs: quote the text",
  BLOCK_IN_FLOW: "there is a block within brackets or braces",
  DUPLICATE_KEY: "the key stands twice in its map",
  IMPOSSIBLE: "it cannot be read",
  KEY_OVER_1024_CHARS: "a key is too long",
  MISSING_CHAR: "a colon, a comma, a space, a quote, or a closing bracket or brace is missing",
  MULTILINE_IMPLICIT_KEY: "a key goes on over several lines, or its colon is missing",
  MULTIPLE_ANCHORS: "there are two anchors for one value",
  MULTIPLE_DOCS: "there is a second document: a file holds one",
  MULTIPLE_TAGS: "there are two tags for one value",
  NON_STRING_KEY: "a key is no text",
  RESOURCE_EXHAUSTION: "it is too deep",
  TAB_AS_INDENT: "a tab is used to indent: write spaces",
  TAG_RESOLVE_FAILED: "a tag is unknown",
  UNEXPECTED_TOKEN:
    "something stands where it must not: a bracket, a brace, a comma, or a text after a quoted one",
} as const satisfies Record<ErrorCode, string>;

/**
 * Parses YAML of which Pulumi's engine, which has another parser with other rules, reads the same; throws a UserError
 * that names all places where that is not sure. No value is shown: any can be a secret.
 */
export function parseYaml(
  name: string,
  content: string | Uint8Array,
): { document: Document; lines: LineCounter } {
  const lines = new LineCounter();
  const text = yamlText(name, content);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  leaveAsText(document);
  const lineOf = (offset: number) => lines.linePos(offset).line;
  const mistakes = yamlMistakes(document, text);
  const alias = mistakes.find((mistake) => mistake.text === ALIAS);
  const [broken] = [...document.errors].sort((a, b) => a.pos[0] - b.pos[0]);
  if (broken && alias === undefined)
    throw new UserError(`${name}:${lineOf(broken.pos[0])}  is no valid YAML: ${BROKEN[broken.code]}.`);
  if (mistakes.length === 0) return { document, lines };
  const list = (alias ? [alias] : mistakes).map(({ offset, path, text: what }) => {
    return `${name}:${lineOf(offset)}  ${nameOf(path)}${what}`;
  });
  throw new UserError(list.join("\n"));
}

/** What looks like a number too large for any, as a commit `12e9609`, is a text to the engine, and infinite here. */
function leaveAsText(document: Document): void {
  visit(document, {
    Scalar: (_, node) => {
      if (Math.abs(Number(node.value)) === Number.POSITIVE_INFINITY && /\d/.test(node.source ?? ""))
        node.value = node.source;
    },
  });
}

function nameOf([top, key, ...rest]: DocumentPath): string {
  if (top === undefined) return "";
  if (key === undefined || top !== "config") return `${top} `;
  const name = String(key);
  return name.startsWith(PREFIX) ? `${formatPath([name.slice(PREFIX.length), ...rest])} ` : `${name} `;
}
