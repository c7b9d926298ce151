import { digestChange } from "../digest.ts";
import type { FieldDiff } from "../field-diff.ts";
import type { ObjectDiff } from "../object-diff.ts";
import { STAYS } from "../object-text.ts";
import { fieldList, shownValues, yaml } from "./fields.ts";
import { html, type Markup } from "./markup.ts";

/** Each thing that happens to objects, with its sign. */
export const SIGNS = { added: "+", changed: "~", replaced: "±", removed: "−" } as const;

/** The objects of a stack that change, by the part that they belong to. */
export function objectList(stack: string, objects: readonly ObjectDiff[]): Markup {
  if (objects.length === 0) return html``;
  const parts = [...Map.groupBy(objects, ({ part }) => part)];
  const usual = usualNamespace(objects);
  return html`<section class="objects" aria-labelledby="${idOf(stack, "objects")}">
<h3 id="${idOf(stack, "objects")}">Objects <span class="count">${objects.length}</span></h3>
${parts.map(
  ([part, own]) => html`<section class="part" aria-labelledby="${idOf(stack, "part", part)}">
<h4 id="${idOf(stack, "part", part)}">${part === "stack" ? "the whole stack" : part}</h4>
<div class="list">${own.map((object) => folded(stack, object, usual))}</div></section>
`,
)}</section>
`;
}

/** The namespace that most objects are in, which need not be said. */
function usualNamespace(objects: readonly ObjectDiff[]): string | undefined {
  const all = [...Map.groupBy(objects, ({ namespace }) => namespace)];
  return all.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/** Where an object stands in the page. */
export function objectId(stack: string, { kind, namespace = "", name }: ObjectDiff): string {
  return idOf(stack, kind, namespace, name);
}

/** The name of a place of a stack in the page: one word, the same in its address, and none of the controls' names. */
export function idOf(...words: readonly string[]): string {
  return ["stack", ...words].map((word) => encodeURIComponent(word.toWellFormed())).join("/");
}

function folded(stack: string, object: ObjectDiff, usual: string | undefined): Markup {
  const { what, kind, namespace, name, part, added, fields, because, refused, stays } = object;
  return html`<details class="object ${what}" id="${objectId(stack, object)}" data-what="${what}" data-kind="${kind}" data-part="${part}"${
    refused !== undefined && html` data-refused`
  }>
<summary><span class="sign" aria-hidden="true">${SIGNS[what]}</span><span class="spoken">${what}: </span><h5><span class="kind">${kind}</span> ${
    namespace !== undefined && namespace !== usual && html`<span class="namespace">${namespace}/</span>`
  }<span class="name">${name}</span></h5>
${refused !== undefined && html`<span class="badge refused">refused</span>`}<span class="hint">${hint(object)}</span></summary>
<div class="body">
<p class="facts">${namespace !== undefined && html`Namespace <code>${namespace}</code>. `}${
    because && html`Made anew, for ${because.map((path, i) => html`${i > 0 && ", "}<code>${path}</code>`)}. `
  }${stays && html`${sentence(STAYS)} `}${refused !== undefined && html`<strong>Refused by <code>pulumi up</code>: ${refused}.</strong>`}</p>
${fields.length > 0 && fieldList(fields)}${
  added !== undefined && html`<pre class="yaml"><code>${yaml(added)}</code></pre>`
}</div>
</details>
`;
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

/** What a reader may know without unfolding. */
function hint({ fields, stays }: ObjectDiff): Markup {
  if (stays) return html`stays where it is`;
  const [first, ...others] = fields;
  if (first === undefined) return html``;
  if (others.length > 0) return html`${fields.length} fields`;
  const short = shortValues(first);
  return html`<code>${lastOf(first.path)}</code>${short && html` ${short}`}`;
}

/** The end of a path: `replicas`, `nginx.conf` of `data["nginx.conf"]`, `env[HOME]`. */
function lastOf(path: string): string {
  return /\["(.*)"\]$/.exec(path)?.[1] ?? /[^.[\]]*(\[[^\]]*\])?$/.exec(path)?.[0] ?? path;
}

function shortValues(field: FieldDiff): Markup | undefined {
  if (field.lines || digestChange(field.path) !== undefined) return undefined;
  const { was = "", is = "" } = shownValues([field]).get(field) ?? {};
  if ([was, is].some((text) => text.length > SHORT || text.includes("\n"))) return undefined;
  return html`${was !== "" && html`<del>${was}</del>`}${was !== "" && is !== "" && " → "}${is !== "" && html`<ins>${is}</ins>`}`;
}

/** The characters of a value that still fits beside an object's name. */
const SHORT = 24;
