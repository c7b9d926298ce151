import { stringify } from "yaml";
import { digestChange } from "../digest.ts";
import type { FieldDiff } from "../field-diff.ts";
import { lineDiff } from "./lines.ts";
import { html, type Markup } from "./markup.ts";
import { compareWords } from "./words.ts";

/** A field that differs, before and after. */
export function fieldItem({ path, before, after, lines }: FieldDiff): Markup {
  const digest = digestChange(path);
  return html`<li class="field"><code class="path">${path}</code>${
    digest ? html` ${digest}` : lines ? lineDiff(lines) : values(before, after)
  }</li>\n`;
}

/** A value as YAML, with the empty lines at the end of a text, in which alone it can differ from another. */
export function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).replace(/\n$/, "");
}

function values(before: unknown, after: unknown): Markup {
  const [was, is] = [before, after].map((value) => (value === undefined ? undefined : yaml(value)));
  const texts = was !== undefined && is !== undefined ? compareWords(was, is) : { before: was, after: is };
  return html`<div class="values">${
    texts.before !== undefined && html`<del><span class="spoken">before: </span>${texts.before}</del>`
  }${was !== undefined && is !== undefined && html`<span class="arrow" aria-hidden="true">→</span>`}${
    texts.after !== undefined && html`<ins><span class="spoken">after: </span>${texts.after}</ins>`
  }</div>`;
}
