import { diffWordsWithSpace } from "diff";
import { html, type Markup } from "./markup.ts";

/** Two texts with the words marked in which they differ. */
export interface Compared {
  readonly before: Markup;
  readonly after: Markup;
}

/** Beyond so many characters nothing is marked: it would take long, and nobody would find it. */
const LONGEST = 500;

/** Marks the words in which two texts differ, if they have something in common. */
export function compareWords(before: string, after: string): Compared {
  const whole = { before: html`${before}`, after: html`${after}` };
  if (before.length > LONGEST || after.length > LONGEST) return whole;
  const parts = diffWordsWithSpace(before, after);
  const common = parts.filter(({ added, removed }) => !added && !removed);
  if (!common.some(({ value }) => /\w{2}/.test(value))) return whole;
  return {
    before: html`${parts.map(({ value, added, removed }) => !added && (removed ? marked(value) : value))}`,
    after: html`${parts.map(({ value, added, removed }) => !removed && (added ? marked(value) : value))}`,
  };
}

function marked(value: string): Markup {
  return html`<mark>${value}</mark>`;
}
