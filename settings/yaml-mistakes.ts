import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, visit, type YAMLMap } from "yaml";
import { PREFIX } from "./path.ts";
import { scalarMistake } from "./yaml-scalar.ts";

/** The keys and indexes that lead to a place in a document. */
export type DocumentPath = readonly (string | number)[];

/** Something that is not read alike by everybody, and where it stands. */
export interface Mistake {
  readonly offset: number;
  readonly path: DocumentPath;
  readonly text: string;
}

/** What is said of an alias. */
export const ALIAS = "has a YAML alias, a value that starts with *. Quote it, or write it out.";

/** All of a parsed text that is not read alike by everybody. */
export function yamlMistakes(document: Document, text: string): Mistake[] {
  return [...textMistakes(document, text), ...mistakesIn(document.contents, [], text)];
}

function textMistakes(document: Document, text: string): Mistake[] {
  const literals: (readonly [from: number, to: number])[] = [];
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type === "BLOCK_LITERAL" && range) literals.push([range[0], range[1]]);
    },
  });
  // Within a block, after the text of a line has begun, a tab is a character like any other.
  const isText = (offset: number) =>
    literals.some(([from, to]) => offset >= from && offset < to) &&
    /\S[^\n]*$/.test(text.slice(text.lastIndexOf("\n", offset) + 1, offset));
  const tab = [...text.matchAll(/\t/g)].find(({ index }) => !isText(index));
  const whole = /^(%|\.\.\.)/m.exec(text);
  return [
    ...(tab ? [{ offset: tab.index, path: [], text: "has a tab. Write spaces." }] : []),
    ...(whole ? [{ offset: whole.index, path: [], text: "starts with % or ... Remove the line." }] : []),
  ];
}

/** @param inFlow Whether it stands within brackets or braces. */
function mistakesIn(node: unknown, path: DocumentPath, source: string, inFlow = false): Mistake[] {
  if (!isNode(node)) return [];
  const offset = node.range?.[0] ?? 0;
  if (isAlias(node)) return [{ offset, path: [], text: ALIAS }];
  const at = (text: string): Mistake => ({ offset, path, text });
  const props = [
    node.anchor === undefined ? [] : at("starts with & and is not quoted: quote it, or remove the anchor."),
    node.tag === undefined ? [] : at("starts with ! and is not quoted: quote it, or remove the tag."),
  ].flat();
  if (isMap(node)) return [...props, ...mistakesInMap(node, path, source)];
  if (isSeq(node)) {
    return [...props, ...node.items.flatMap((item, i) => mistakesIn(item, [...path, i], source, node.flow))];
  }
  if (!isScalar(node) || !isOwn(path)) return props;
  const text = scalarMistake(node, { raw: rawOf(node, source), inFlow });
  return text === undefined ? props : [...props, at(text)];
}

function mistakesInMap({ items, flow: inFlow }: YAMLMap, path: DocumentPath, source: string): Mistake[] {
  const names = items.map(({ key }) => (isScalar(key) ? String(key.value) : ""));
  return items.flatMap(({ key, value }, i) => {
    const name = names[i] ?? "";
    const inner = [...path, (isScalar(key) && key.source) || name];
    const offset = (isNode(key) && key.range?.[0]) || 0;
    const below = isNode(value)
      ? mistakesIn(value, inner, source, inFlow)
      : [{ offset, path: inner, text: "has no value." }];
    if (!isScalar(key)) return [{ offset, path, text: "has a key that is no text." }, ...below];
    const hasProps = key.anchor !== undefined || key.tag !== undefined;
    const text =
      scalarMistake(key, { raw: rawOf(key, source), isKey: true, inFlow }) ??
      (hasProps ? "has an anchor or a tag. Remove it." : undefined) ??
      (hasColonBeside(key, source) ? undefined : "has its colon on another line. Put it beside the key.");
    return [
      ...(text === undefined ? [] : [{ offset, path: inner, text: `as a key ${text}` }]),
      ...(names.indexOf(name) < i ? [{ offset, path: inner, text: "stands twice." }] : []),
      ...below,
    ];
  });
}

function hasColonBeside({ range }: Node, source: string): boolean {
  return range === undefined || range === null || /^[^\n:]*:/.test(source.slice(range[1], range[1] + 1024));
}

function rawOf({ range }: Node, source: string): string {
  return range ? source.slice(range[0], range[1]) : "";
}

/** Whether a value is this program's: others' are for their own readers to judge. */
function isOwn([top, key]: DocumentPath): boolean {
  return top === "config" && String(key).startsWith(PREFIX);
}
