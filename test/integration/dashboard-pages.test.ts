import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";

const SCRIPT = readFileSync(join(ROOT, "components/dashboard/pages.py"), "utf8");

/** The user of the pod, where the test may choose one. */
const NOBODY = 65_534;

const CONTEXTS = [
  { name: "Fedora CI", apiUrl: "https://prod.fedora-ci.packit.dev/api?a=\\1&b" },
  { name: "Packit", apiUrl: "https://prod.packit.dev/api" },
];

describe("what points the dashboard's page at another API, to Python", () => {
  it("replaces the address that is built in, wherever it is, and lists all instances", async () => {
    const { built, pages } = folders(
      'fetch("https://stg.packit.dev/api/tasks");a="https://prod.packit.dev/api"',
    );
    for (const _ of ["once", "after a restart"]) expect((await point(built, pages)).exitCode).toBe(0);
    const api = CONTEXTS[0]?.apiUrl;
    expect(readFileSync(join(pages, "assets/index.js"), "utf8")).toBe(`fetch("${api}/tasks");a="${api}"`);
    expect(readFileSync(join(pages, "index.html"), "utf8")).toBe("<html>");
    expect(JSON.parse(readFileSync(join(pages, "assets/contexts.json"), "utf8"))).toEqual(CONTEXTS);
    expect(readFileSync(join(built, "assets/index.js"), "utf8")).toContain("https://stg.packit.dev/api");
  });

  it("fails on a page that names no API, and says so", async () => {
    const { built, pages } = folders("nothing");
    const { exitCode, stderr } = await point(built, pages);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("names no API")]);
  });
});

function folders(script: string) {
  const folder = temporaryFolder();
  const built = join(folder, "dist");
  mkdirSync(join(built, "assets"), { recursive: true });
  writeFileSync(join(built, "index.html"), "<html>");
  writeFileSync(join(built, "assets/index.js"), script);
  const pages = join(folder, "pages");
  // As a volume is, before the container starts: root's, and writable for the pod's user.
  mkdirSync(pages);
  chmodSync(pages, 0o2777);
  chmodSync(folder, 0o755);
  return { built, pages };
}

function point(built: string, pages: string) {
  return execa("python3", ["-c", SCRIPT, built, pages], {
    env: { CONTEXTS: JSON.stringify(CONTEXTS) },
    reject: false,
    ...(process.getuid?.() === 0 && { uid: NOBODY, gid: NOBODY }),
  });
}
