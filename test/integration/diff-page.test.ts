import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffHtml } from "../../diff/html/page.ts";
import { bareDiff, diffWith, stackDiffOf } from "../support/stack-diffs.ts";
import { type OpenBrowser, startBrowser } from "./browser.ts";
import { tool } from "./tools.ts";

const chromium = await tool("chromium");

const NARROW = { viewport: { width: 390, height: 844 } };

/** Text that would be an element, a handler or an end of something, if any of it was taken for markup. */
const HOSTILE = `</script></style></title></details><img src=x onerror="document.title = 1"> ' onfocus=" & &lt; <!--\u2028\u202e${"x".repeat(3000)}`;

describe.skipIf(chromium.missing)("the page of ./ops diff", () => {
  let browser: OpenBrowser;
  /** Of a stack with an added part, a removed one, changed texts and a volume that is made anew; and of others. */
  let page: string;

  beforeAll(async () => {
    browser = await startBrowser(chromium);
    const quota = { enabled: true };
    const stage = await stackDiffOf(
      "stage",
      { withRedisCommander: true, quota },
      { withTokman: true, withFlower: false, storageClass: "gp3", quota, workers: WORKERS },
    );
    page = diffHtml([
      stage,
      bareDiff("same", "same"),
      bareDiff("wrong", "unknown", { wrong: { side: "head", message: "a: 1\n  b: 2" } }),
    ]);
  });

  afterAll(() => browser.close());

  const open = (options: BrowserContextOptions = {}) => browser.open(page, options);

  it("opens from a file without a complaint, a violation of its policy or a request", async () => {
    const { page: shown, complaints } = await open();
    expect(await shown.title()).toBe("What changes: stage, same, wrong");
    expect(await shown.locator("#controls").isVisible()).toBe(true);
    expect(await shown.locator("#stack\\/wrong pre").innerText()).toBe("a: 1\n  b: 2");
    expect(await backgroundOf(shown, ".stack")).toBe("rgb(255, 255, 255)");
    expect(complaints).toEqual([]);
  });

  it("takes no text for markup", async () => {
    const skeleton = `[...document.querySelectorAll("*:not(mark)")].map((one) => [one.localName, ...one.getAttributeNames()].join())`;
    const [hostile, harmless] = [
      await browser.open(diffHtml([diffWith(HOSTILE)]), NARROW),
      await browser.open(diffHtml([diffWith("harmless")])),
    ];
    expect(await hostile.page.evaluate(skeleton)).toEqual(await harmless.page.evaluate(skeleton));
    await hostile.page.keyboard.press("e");
    expect(await hostile.page.locator(".object .name").first().innerText()).toContain(
      "<!--⟨U+2028⟩⟨U+202E⟩xxx",
    );
    expect(await hostile.page.title()).toContain("</script>");
    expect(await overflow(hostile.page)).toBe(0);
    expect(hostile.complaints).toEqual([]);
  });

  it("shows the objects that fit, and says how many", async () => {
    const { page: shown, complaints } = await open();
    const all = await shown.locator(".object").count();
    await shown.keyboard.press("/");
    await shown.keyboard.type("TOKMAN service");
    await shown.keyboard.press("Escape");
    expect(await shown.getByLabel("Filter objects").inputValue()).toBe("TOKMAN service");
    const found = await names(shown);
    expect(found).toContain("tokman");
    expect(found).not.toContain("redis-commander");
    expect(await shown.locator("#found").innerText()).toBe(`${found.length} of ${all} objects`);
    await shown.getByLabel("Kind").selectOption("Service");
    expect(await names(shown)).toEqual(["tokman"]);
    await shown.getByRole("button", { name: "removed", exact: true }).click();
    expect(await shown.locator("#nothing").isVisible()).toBe(true);
    await shown.getByRole("button", { name: "Show all" }).click();
    expect(await names(shown)).toHaveLength(all);
    await shown.getByLabel("Part").selectOption("redis-commander");
    expect(await shown.locator(".object:visible:not([data-what=removed])").count()).toBe(0);
    await shown.getByLabel("Part").selectOption("");
    await shown.getByRole("button", { name: "refused", exact: true }).click();
    expect((await names(shown)).toSorted()).toEqual([
      "packit-worker-repository-cache-packit-worker-long-running-0",
      "postgres-15",
      "sandcastle-repository-cache-packit-worker-long-running-0",
      "valkey-pvc",
    ]);
    expect(complaints).toEqual([]);
  });

  it("is gone through, folded and unfolded by keys", async () => {
    const { page: shown } = await open();
    const [all, unfolded] = [shown.locator(".object"), shown.locator(".object[open]")];
    const focused = () => shown.evaluate("document.activeElement.closest('.object')?.id");
    const ids = (selector: string) =>
      shown.evaluate<string[]>(`[...document.querySelectorAll("${selector}")].map((one) => one.id)`);
    const [, second] = await ids(".object");
    await shown.keyboard.press("j");
    await shown.keyboard.press("j");
    expect(await focused()).toBe(second);
    await shown.keyboard.press("o");
    expect(await ids(".object[open]")).toEqual([second]);
    await shown.keyboard.press("k");
    await shown.keyboard.press("Enter");
    expect(await unfolded.count()).toBe(2);
    await shown.keyboard.press("e");
    expect(await unfolded.count()).toBe(await all.count());
    await shown.keyboard.press("e");
    expect(await unfolded.count()).toBe(0);
    await shown.getByRole("button", { name: "Expand all" }).click();
    expect(await unfolded.count()).toBe(await all.count());
    await shown.keyboard.press("?");
    expect(await shown.getByRole("dialog", { name: "Help" }).isVisible()).toBe(true);
    await shown.keyboard.press("Escape");
    expect(await shown.getByRole("dialog").count()).toBe(0);
  });

  it("leads from what is refused to the object, unfolded, be it filtered out or not", async () => {
    const { page: shown } = await open();
    await shown.getByRole("button", { name: "added", exact: true }).click();
    await shown.evaluate("location.hash = document.querySelector('.refusals a').hash");
    const object = shown.locator(".object:target");
    await object.locator(".body").waitFor();
    expect(await object.innerText()).toContain("Refused by pulumi up: Pulumi leaves it where it is");
    expect(await object.locator("summary:focus").count()).toBe(1);
  });

  it("shows before and after below or beside each other, and remembers that and its theme", async () => {
    const { page: shown } = await open({ colorScheme: "light" });
    await shown.keyboard.press("e");
    const [before, after] = [
      shown.locator(".values > del").first(),
      shown.locator(".values > del ~ ins").first(),
    ];
    const beside = async () => ((await after.boundingBox())?.x ?? 0) - ((await before.boundingBox())?.x ?? 0);
    const inline = await beside();
    await shown.keyboard.press("s");
    expect(await beside()).toBeGreaterThan(Math.max(inline, 300));
    await shown.keyboard.press("t");
    await shown.reload();
    expect(await shown.getByRole("button", { name: "Side by side", pressed: true }).count()).toBe(1);
    expect(await shown.getByRole("button", { name: "Dark", pressed: true }).count()).toBe(1);
  });

  it("is dark where that is wished for, and light again by a key", async () => {
    const { page: shown } = await open({ colorScheme: "dark" });
    expect(await backgroundOf(shown, "body")).toBe("rgb(20, 23, 27)");
    await shown.keyboard.press("t");
    expect(await backgroundOf(shown, "body")).toBe("rgb(246, 247, 248)");
  });

  it("is whole and folds without its script, and has no switches then", async () => {
    const { page: shown, complaints } = await open({ javaScriptEnabled: false });
    expect(await shown.getByRole("button").count()).toBe(0);
    const object = shown.locator(".object").first();
    await object.locator("summary").click();
    expect(await object.locator(".body").isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it("says in one line that nothing changes, with nothing to filter", async () => {
    const { page: shown, complaints } = await browser.open(diffHtml([bareDiff("prod", "same")]));
    expect(await shown.locator("main").innerText()).toMatch(/^prod\s+Nothing changes\.$/);
    expect(await shown.locator("#controls").count()).toBe(0);
    await shown.keyboard.press("j");
    await shown.keyboard.press("/");
    await shown.keyboard.press("e");
    expect(complaints).toEqual([]);
  });

  it.each([
    ["light and wide", { colorScheme: "light" }],
    ["dark and narrow", { colorScheme: "dark", ...NARROW }],
  ] as const)("has nothing that axe would find fault with, and no text beside the screen, if %s", async (_, options) => {
    const { page: shown } = await open(options);
    await shown.keyboard.press("e");
    await shown.keyboard.press("s");
    expect(await overflow(shown)).toBe(0);
    await shown.evaluate(axe.source);
    expect(await shown.evaluate(FAULTS)).toEqual([]);
    await shown.keyboard.press("?");
    expect(await shown.evaluate(FAULTS)).toEqual([]);
  });
});

const WORKERS = { longRunning: { replicas: 2 } };

const FAULTS = `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)))`;

/** The names of the objects that are shown. */
function names(shown: Page): Promise<string[]> {
  return shown.locator(".object:visible .name").allInnerTexts();
}

/** How far the page is wider than the screen. */
function overflow(shown: Page): Promise<unknown> {
  return shown.evaluate("document.documentElement.scrollWidth - innerWidth");
}

function backgroundOf(shown: Page, selector: string): Promise<unknown> {
  return shown.evaluate(`getComputedStyle(document.querySelector("${selector}")).backgroundColor`);
}
