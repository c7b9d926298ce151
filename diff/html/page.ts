import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fatesOf } from "../fates.ts";
import type { StackDiff } from "../stack-diff.ts";
import { HELP, objectControls, VIEW_CONTROLS } from "./controls.ts";
import { html, Markup } from "./markup.ts";
import { idOf } from "./objects.ts";
import { counts, stackSection } from "./stack.ts";

const STYLE = ["base", "controls", "layout", "stack", "objects", "fields", "help", "media"]
  .map((name) => file(`style/${name}.css`))
  .join("\n");
const BEHAVIOUR = file("behaviour.js");

/** The page loads nothing, and takes its looks and its script from these files alone, whatever the texts in it are. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(BEHAVIOUR)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Comparisons as one page for a browser, which holds all that it needs. */
export function diffHtml(diffs: readonly StackDiff[]): string {
  const objects = diffs.flatMap((diff) => diff.objects);
  const base = diffs[0]?.base.slice(0, 12) ?? "";
  const fork = diffs[0]?.forkedFrom;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>What changes: ${diffs.map(({ stack }) => stack).join(", ")}</title>
<style>${own(STYLE)}</style>
</head>
<body>
<a class="skip" href="#stacks">To the stacks</a>
<header class="page">
<div><h1>What this change does</h1>
<p>Compared with <code>${base}</code>${fork !== undefined && html`, where this branch left <code>${fork}</code>`}</p></div>
${VIEW_CONTROLS}</header>
<div class="columns">
<div class="side"><nav aria-label="Stacks"><ul>${diffs.map(link)}</ul></nav>
${objectControls(objects)}</div>
<main id="stacks" tabindex="-1">
${diffs.map(stackSection)}<p id="nothing" hidden>No object is like that.</p>
</main>
</div>
${HELP}<script>${own(BEHAVIOUR)}</script>
</body>
</html>`;
  return page.text;
}

function link(diff: StackDiff): Markup {
  const { stack, state, objects, restarts } = diff;
  const refused = objects.filter((object) => object.refused !== undefined).length;
  const words = {
    same: "nothing changes",
    changed: "",
    new: "new",
    gone: "gone",
    unknown: "cannot be compared",
  };
  const more = [words[state], fatesOf(restarts), refused > 0 && `${refused} refused`].filter(Boolean);
  return html`<li><a href="#${idOf(stack)}" class="${state}"><strong>${stack}</strong>${
    objects.length > 0 && html` <span class="counts">${counts(objects)}</span>`
  }${more.length > 0 && html` <span class="more">${more.join(", ")}</span>`}</a></li>\n`;
}

function file(name: string): string {
  return readFileSync(join(import.meta.dirname, name), "utf8");
}

/** What is in files of this folder, as it is. */
function own(text: string): Markup {
  return Markup.of([text], []);
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
