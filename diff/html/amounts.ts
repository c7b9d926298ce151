import { type Amounts, NOTHING } from "../../kubernetes/amounts.ts";
import type { QuotaUse } from "../quotas.ts";
import type { StackDiff } from "../stack-diff.ts";
import { AMOUNTS } from "../text.ts";
import { html, type Markup } from "./markup.ts";

const KEYS = Object.keys(NOTHING) as (keyof Amounts)[];

/** What all pods and volumes of a stack take, before and after. */
export function totalsTable({ before, after }: StackDiff["totals"]): Markup {
  const columns = columnsOf(before, after);
  if (columns.length === 0) return html``;
  return html`<section class="totals"><h3>All pods and volumes</h3>
<table>
<thead><tr><th scope="col"><span class="spoken">What</span></th>${columns.map(
    ([title]) => html`<th scope="col">${title}</th>`,
  )}</tr></thead>
<tbody>${KEYS.map(
    (key) =>
      html`<tr${before?.[key] === after?.[key] && html` class="same"`}><th scope="row">${titleOf(key)}</th>${columns.map(
        ([, shown]) => html`<td>${shown(key)}</td>`,
      )}</tr>\n`,
  )}</tbody>
</table></section>
`;
}

type Column = readonly [title: string, shown: (key: keyof Amounts) => string];

function columnsOf(before: Amounts | undefined, after: Amounts | undefined): Column[] {
  const column = (title: string, amounts: Amounts): Column => [title, (key) => show(key, amounts[key])];
  if (before === undefined) return after ? [column("After", after)] : [];
  if (after === undefined) return [column("Before", before)];
  if (KEYS.every((key) => before[key] === after[key])) return [column("As before", after)];
  return [
    column("Before", before),
    column("After", after),
    ["Difference", (key) => difference(key, after[key] - before[key])],
  ];
}

function difference(key: keyof Amounts, more: number): string {
  return more === 0 ? "none" : `${more > 0 ? "+" : "−"}${show(key, Math.abs(more))}`;
}

/** How much of each quota is used at most, as a bar. */
export function quotaList(quotas: readonly QuotaUse[]): Markup {
  if (quotas.length === 0) return html``;
  const namespaces = [...Map.groupBy(quotas, ({ namespace }) => namespace)];
  return html`<section class="quotas"><h3>Quotas, used at most while pods are rolled</h3>
${namespaces.map(([namespace, own]) => html`<h4><code>${namespace}</code></h4>\n<ul>${own.map(quotaItem)}</ul>\n`)}</section>
`;
}

function quotaItem({ amount, hard, peak }: QuotaUse): Markup {
  const isTooLittle = peak > hard;
  const percent = Math.round((peak / Math.max(hard, 1)) * 100);
  return html`<li class="quota ${isTooLittle && "too-little"}"><span>${titleOf(amount)}</span> <span class="use">${show(amount, peak)} of ${show(amount, hard)} ${
    isTooLittle ? html`<strong>too little</strong>` : html`<span class="percent">${percent}%</span>`
  }</span>
<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${Math.min(percent, 100)}" height="1"/></svg></li>
`;
}

function show(key: keyof Amounts, amount: number): string {
  return AMOUNTS[key][1](amount);
}

function titleOf(key: keyof Amounts): string {
  const [name] = AMOUNTS[key];
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
