import type { ObjectDiff } from "../object-diff.ts";
import { html, type Markup } from "./markup.ts";
import { SIGNS } from "./objects.ts";

/** What narrows the objects down, and folds them. It is for behaviour.js alone, which unhides it. */
export function objectControls(objects: readonly ObjectDiff[]): Markup {
  if (objects.length === 0) return html``;
  const whats = Object.keys(SIGNS).filter((what) => objects.some((object) => object.what === what));
  const isRefused = objects.some(({ refused }) => refused !== undefined);
  return html`<search id="controls" aria-label="Objects" hidden>
<div><label for="filter">Filter objects</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false" aria-keyshortcuts="/" placeholder="name, field or value"></div>
<div class="choices">${choice(
    "part",
    "Part",
    objects.map(({ part }) => part),
  )}${choice(
    "kind",
    "Kind",
    objects.map(({ kind }) => kind),
  )}</div>
<div class="whats" role="group" aria-label="What happens">${[...whats, ...(isRefused ? ["refused"] : [])].map(
    (what) =>
      html`<button type="button" class="chip ${what}" data-only="${what}" aria-pressed="false">${what}</button>`,
  )}</div>
<p><span id="found" role="status"></span> <button type="button" id="widen" class="link" hidden>Show all</button></p>
<div class="folds"><button type="button" id="open-all">Expand all</button><button type="button" id="close-all">Collapse all</button></div>
</search>
`;
}

function choice(id: string, label: string, values: readonly string[]): Markup {
  return html`<div><label for="${id}">${label}</label><select id="${id}"><option value="">all</option>${[
    ...new Set(values),
  ]
    .toSorted()
    .map((value) => html`<option value="${value}">${value}</option>`)}</select></div>\n`;
}

/** How the page looks, and what it can do. */
export const VIEW_CONTROLS = html`<div id="view" role="group" aria-label="View" hidden>
<button type="button" id="split" aria-pressed="false" aria-keyshortcuts="s">Side by side</button><button type="button" id="theme" aria-pressed="false" aria-keyshortcuts="t">Dark</button><button type="button" id="help-open" aria-keyshortcuts="?">Help</button></div>
`;

const KEYS = [
  ["/", "to the filter; Esc leaves it"],
  ["j", "next object"],
  ["k", "previous object"],
  ["o or Enter", "unfold or fold the object"],
  ["e", "unfold or fold all objects that are shown"],
  ["s", "before and after side by side, or below each other"],
  ["t", "dark or light"],
  ["?", "this help"],
] as const;

export const HELP = html`<dialog id="help" aria-labelledby="help-title">
<h2 id="help-title">Help</h2>
<dl>${KEYS.map(([key, text]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${text}</dd></div>`)}</dl>
<p>The filter looks at all of an object, folded or not; of several words, each must be there. It is printed as it is shown: unfold before what you want on paper. <code>⟨U+202E⟩</code> stands for a character that cannot be seen, by its number.</p>
<p>The cluster is not known here, nor are values of secrets.</p>
<button type="button" id="help-close">Close</button>
</dialog>
`;
