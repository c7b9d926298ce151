import { fateOf } from "../fates.ts";
import type { ObjectDiff } from "../object-diff.ts";
import type { Restart } from "../restarts.ts";
import type { StackDiff } from "../stack-diff.ts";
import { isRefused, NO_RESTART, refusalText } from "../text.ts";
import { quotaList, totalsTable } from "./amounts.ts";
import { html, type Markup } from "./markup.ts";
import { idOf, objectId, objectList, SIGNS } from "./objects.ts";

/** What a change does to one stack. */
export function stackSection(diff: StackDiff): Markup {
  const { stack, state, objects } = diff;
  const id = idOf(stack);
  if (state === "same")
    return html`<section class="stack same" id="${id}" aria-labelledby="${id}/title" tabindex="-1"><h2 id="${id}/title">${stack}</h2><p>Nothing changes.</p>${besideList(diff.besides)}</section>\n`;
  return html`<section class="stack ${state}" id="${id}" aria-labelledby="${id}/title" tabindex="-1">
<header><h2 id="${id}/title">${stack}</h2>${objects.length > 0 && html`<p class="counts">${counts(objects)}</p>`}</header>
${about(diff)}${besideList(diff.besides)}${refusals(stack, objects)}
<div class="effects">${state === "changed" && restartList(diff.restarts)}<div class="amounts">${totalsTable(diff.totals)}${quotaList(diff.quotas)}</div></div>
${objectList(stack, objects)}</section>
`;
}

/** How many objects are added, changed, replaced and removed. */
export function counts(objects: readonly ObjectDiff[]): Markup[] {
  return (Object.keys(SIGNS) as (keyof typeof SIGNS)[]).flatMap((what) => {
    const count = objects.filter((object) => object.what === what).length;
    return count === 0
      ? []
      : [
          html`<span class="chip ${what}"><span aria-hidden="true">${SIGNS[what]}</span>${count} ${what}</span> `,
        ];
  });
}

/** What is to be known of a stack that is not on both sides. */
function about({ state, wrong, objects }: StackDiff): Markup {
  if (state === "new")
    return html`<p>A new stack of ${objects.length} objects: the base has none of this name.</p>\n`;
  if (state === "gone")
    return html`<p class="warning">Its file is gone, which leaves its ${objects.length} objects where they are. To remove them, run <code>pulumi destroy</code> of the stack before.</p>\n`;
  if (state !== "unknown") return html``;
  const where = wrong?.side === "head" ? "here" : "at the base";
  return html`<div class="warning"><p>It cannot be rendered ${where}, so nothing can be compared:</p>
<pre><code>${wrong?.message ?? ""}</code></pre></div>
`;
}

/** What no object of the cluster shows by itself. */
function besideList(besides: readonly string[]): Markup {
  if (besides.length === 0) return html``;
  return html`<section class="besides warning"><h3>Besides</h3>
<ul>${besides.map((one) => html`<li>${one}</li>\n`)}</ul></section>
`;
}

function refusals(stack: string, objects: readonly ObjectDiff[]): Markup {
  const refused = objects.filter(isRefused);
  if (refused.length === 0) return html``;
  return html`<section class="refusals"><h3>Refused by <code>pulumi up</code></h3>
<ul>${refused.map(
    (object) => html`<li><a href="#${objectId(stack, object)}">${refusalText(object)}</a></li>\n`,
  )}</ul></section>
`;
}

function restartList(all: readonly Restart[]): Markup {
  if (all.length === 0)
    return html`<section class="restarts"><h3>What restarts</h3><p>${NO_RESTART}</p></section>`;
  return html`<section class="restarts"><h3>What restarts, stops or starts, in this order</h3>
<ol>${all.map(restartItem)}</ol></section>
`;
}

function restartItem(restart: Restart): Markup {
  const { what, name, hasGap, because } = restart;
  if (what === "runs")
    return html`<li class="restart"><p><code class="name">${name}</code> <span class="fate">runs, a Job</span></p></li>\n`;
  return html`<li class="restart"><p><code class="name">${name}</code> <span class="fate">${fateOf(restart)}</span>${
    hasGap && html` <span class="badge gap">a moment without any</span>`
  }</p>
${what === "restarts" && reasonList(because)}</li>\n`;
}

function reasonList(because: readonly string[]): Markup {
  if (because.length === 0) return html`<p class="note">for what is in secrets, which is not shown</p>`;
  const [shown, more] = [because.slice(0, MOST), because.slice(MOST)];
  return html`<ul class="reasons">${shown.map(reasonItem)}</ul>${
    more.length > 0 &&
    html`<details class="more"><summary>${more.length} more reasons</summary><ul class="reasons">${more.map(reasonItem)}</ul></details>`
  }`;
}

function reasonItem(reason: string): Markup {
  return html`<li><code>${reason}</code></li>`;
}

/** How many reasons of a restart are shown without unfolding. */
const MOST = 4;
