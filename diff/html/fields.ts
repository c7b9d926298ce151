import { stringify } from "yaml";
import { digestChange } from "../digest.ts";
import type { FieldDiff } from "../field-diff.ts";
import { apart } from "../look-alikes.ts";
import { lineDiff } from "./lines.ts";
import { html, type Markup } from "./markup.ts";
import { compareWords } from "./words.ts";

/** Fields that differ, before and after. */
export function fieldList(fields: readonly FieldDiff[]): Markup {
  // Items of one list that only one side has are each other's counterparts.
  const groups = [...Map.groupBy(fields, ({ path }) => path).values()];
  const shown = new Map(groups.flatMap((group) => [...shownValues(group)]));
  return html`<ul class="fields">${fields.map((field) => fieldItem(field, shown.get(field) ?? {}))}</ul>`;
}

function fieldItem({ path, lines }: FieldDiff, texts: Values): Markup {
  const digest = digestChange(path);
  return html`<li class="field"><code class="path">${path}</code>${
    digest ? html` ${digest}` : lines ? lineDiff(lines) : values(texts)
  }</li>\n`;
}

/** What a field was and is, as YAML; nothing of a side that does not have it. */
export interface Values {
  readonly was?: string;
  readonly is?: string;
}

/** Values of fields in the same place, of which none looks like another one of the other side. */
export function shownValues(fields: readonly FieldDiff[]): ReadonlyMap<FieldDiff, Values> {
  const sides = fields.map((field) => ({
    field,
    was: field.before === undefined ? [] : [{ sign: "-", text: yaml(field.before) }],
    is: field.after === undefined ? [] : [{ sign: "+", text: yaml(field.after) }],
  }));
  const shown = apart(sides.flatMap(({ was, is }) => [...was, ...is]));
  return new Map(
    sides.map(({ field, was, is }) => {
      const [[before], [after]] = [was.map(shown), is.map(shown)];
      return [
        field,
        { ...(before !== undefined && { was: before }), ...(after !== undefined && { is: after }) },
      ];
    }),
  );
}

/** A value as YAML, with the empty lines at the end of a text, in which alone it can differ from another. */
export function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).replace(/\n$/, "");
}

function values({ was, is }: Values): Markup {
  const texts = was !== undefined && is !== undefined ? compareWords(was, is) : { before: was, after: is };
  return html`<div class="values">${
    texts.before !== undefined && html`<del><span class="spoken">before: </span>${texts.before}</del>`
  }${was !== undefined && is !== undefined && html`<span class="arrow" aria-hidden="true">→</span>`}${
    texts.after !== undefined && html`<ins><span class="spoken">after: </span>${texts.after}</ins>`
  }</div>`;
}
