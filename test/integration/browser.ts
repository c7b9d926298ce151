import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import type { Tool } from "./tools.ts";

/** A page that a browser shows. */
export interface Opened {
  readonly page: Page;
  /** What went wrong in it, and what it asked for besides itself, so far. */
  readonly complaints: readonly string[];
}

export interface OpenBrowser {
  /** Opens a page from a file for the test that runs. */
  open(html: string, options?: BrowserContextOptions): Promise<Opened>;
  close(): Promise<void>;
}

/** Besides what Playwright itself tells Chromium, so that it asks nobody for anything. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--disable-background-networking",
];

/** Starts Chromium with a new profile and the fonts of its packages. */
export async function startBrowser(tool: Tool): Promise<OpenBrowser> {
  const { file, env } = tool.command([]);
  const folder = mkdtempSync(join(tmpdir(), "packit-test-"));
  const fonts = join(folder, "fonts.conf");
  writeFileSync(
    fonts,
    `<fontconfig><dir>${join(file, "../../../share/fonts")}</dir><cachedir>${folder}</cachedir></fontconfig>`,
  );
  const browser = await chromium.launch({
    executablePath: file,
    args: FLAGS,
    env: { ...env, HOME: folder, FONTCONFIG_FILE: fonts },
  });
  const open = async (html: string, options: BrowserContextOptions = {}): Promise<Opened> => {
    const path = join(temporaryFolder(), "page.html");
    writeFileSync(path, html);
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("request", (request) => {
      if (!request.isNavigationRequest()) complaints.push(request.url());
    });
    await page.goto(`file://${path}`);
    return { page, complaints };
  };
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  };
  return { open, close };
}
