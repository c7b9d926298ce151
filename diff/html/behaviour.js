// @ts-check
// What the page can do besides being read. Without this, all of it is there, and folds.

/** @typedef {{ element: HTMLDetailsElement, summary: HTMLElement, text: string }} Entry */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T | undefined}
 */
function byId(id, type) {
  const found = document.getElementById(id);
  return found instanceof type ? found : undefined;
}

/** @param {string} id @param {() => void} act */
function onClick(id, act) {
  byId(id, HTMLButtonElement)?.addEventListener("click", act);
}

const root = document.documentElement;
/** @type {Entry[]} */
const objects = [...document.querySelectorAll("details.object")].flatMap((element) => {
  const summary = element.querySelector("summary");
  if (!(element instanceof HTMLDetailsElement) || summary === null) return [];
  return [{ element, summary, text: (element.textContent ?? "").toLowerCase() }];
});

// What is shown

const filter = byId("filter", HTMLInputElement);
const part = byId("part", HTMLSelectElement);
const kind = byId("kind", HTMLSelectElement);
const onlys = [...document.querySelectorAll("button[data-only]")].filter(
  (one) => one instanceof HTMLButtonElement,
);

function shown() {
  return objects.filter(({ element }) => !element.hidden);
}

function narrow() {
  const words = (filter?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const only = onlys.filter((one) => one.ariaPressed === "true").map((one) => one.dataset.only);
  for (const { element, text } of objects) {
    const { what, refused } = element.dataset;
    const fits =
      (only.length === 0 || only.includes(what) || (refused !== undefined && only.includes("refused"))) &&
      (!part?.value || part.value === element.dataset.part) &&
      (!kind?.value || kind.value === element.dataset.kind) &&
      words.every((word) => text.includes(word));
    element.hidden = !fits;
  }
  for (const group of document.querySelectorAll(".part, .objects"))
    if (group instanceof HTMLElement) group.hidden = !group.querySelector(".object:not([hidden])");
  tell();
  const columns = document.querySelector(".columns");
  if (columns && columns.getBoundingClientRect().top < 0) columns.scrollIntoView();
}

function tell() {
  const count = shown().length;
  const whole = objects.length === 1 ? "1 object" : `${objects.length} objects`;
  const found = byId("found", HTMLElement);
  if (found) found.textContent = count === objects.length ? whole : `${count} of ${whole}`;
  const isNarrowed = count < objects.length;
  root.toggleAttribute("data-narrowed", isNarrowed);
  const all = byId("widen", HTMLButtonElement);
  if (all) all.hidden = !isNarrowed;
  const nothing = byId("nothing", HTMLElement);
  if (nothing) nothing.hidden = count > 0 || objects.length === 0;
}

/** Shows all objects again. */
function widen() {
  for (const one of [filter, part, kind]) if (one) one.value = "";
  for (const one of onlys) one.ariaPressed = "false";
  narrow();
}

filter?.addEventListener("input", narrow);
part?.addEventListener("change", narrow);
kind?.addEventListener("change", narrow);
for (const one of onlys) {
  one.addEventListener("click", () => {
    one.ariaPressed = String(one.ariaPressed !== "true");
    narrow();
  });
}

// Folding, and going from one object to the next

/** @param {boolean} open */
function foldAll(open) {
  for (const { element } of shown()) element.open = open;
}

function current() {
  return shown().find(({ element }) => element.contains(document.activeElement));
}

/** @param {1 | -1} step */
function go(step) {
  const all = shown();
  const at = current();
  const below = all.findIndex(({ summary }) => summary.getBoundingClientRect().bottom > 0);
  const next = at ? all.indexOf(at) + step : step > 0 ? below : below - 1;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.summary.focus();
}

function goToAddress() {
  const target = document.getElementById(location.hash.slice(1));
  const object = objects.find(({ element }) => element === target);
  if (!object) return;
  if (object.element.hidden) widen();
  object.element.open = true;
  object.element.scrollIntoView();
  object.summary.focus({ preventScroll: true });
}

onClick("widen", () => {
  widen();
  filter?.focus();
});
onClick("open-all", () => foldAll(true));
onClick("close-all", () => foldAll(false));
addEventListener("hashchange", goToAddress);

// How it looks

/** @param {string} name */
function recalled(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {"view" | "theme"} name @param {string} value */
function look(name, value) {
  root.dataset[name] = value;
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // It is remembered where that is possible.
  }
  pressed();
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches;
}

function pressed() {
  const split = byId("split", HTMLButtonElement);
  if (split) split.ariaPressed = String(root.dataset.view === "split");
  const theme = byId("theme", HTMLButtonElement);
  if (theme) theme.ariaPressed = String(isDark());
}

function switchView() {
  look("view", root.dataset.view === "split" ? "inline" : "split");
}

function switchTheme() {
  look("theme", isDark() ? "light" : "dark");
}

const help = byId("help", HTMLDialogElement);
onClick("split", switchView);
onClick("theme", switchTheme);
onClick("help-open", () => help?.showModal());
onClick("help-close", () => help?.close());
prefersDark.addEventListener("change", pressed);

// Keys

/** @type {Readonly<Record<string, () => void>>} */
const KEYS = {
  "/": () => filter?.select(),
  j: () => go(1),
  k: () => go(-1),
  o: () => {
    const { element } = current() ?? {};
    if (element) element.open = !element.open;
  },
  e: () => foldAll(shown().some(({ element }) => !element.open)),
  s: switchView,
  t: switchTheme,
  "?": () => help?.showModal(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) {
    if (event.key !== "Escape") return;
    // Chromium would empty the filter, and tell nobody.
    event.preventDefault();
    event.target.blur();
    return;
  }
  const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined;
  if (!act) return;
  event.preventDefault();
  act();
});

for (const id of ["controls", "view"]) {
  const controls = byId(id, HTMLElement);
  if (controls) controls.hidden = false;
}
const [view, theme] = [recalled("view"), recalled("theme")];
if (view) root.dataset.view = view;
if (theme) root.dataset.theme = theme;
pressed();
tell();
goToAddress();
