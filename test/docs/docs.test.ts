import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { egressHosts } from "../../components/egress-hosts.ts";
import { ROOT, settingsOf } from "../support/stacks.ts";

const PAGES = ["README.md", "CHANGELOG.md", ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`)];

describe("the documentation", () => {
  it.each(PAGES)("%s links to nothing that is not there", (page) => {
    const text = readFileSync(join(ROOT, page), "utf8");
    const links = [...text.matchAll(/\]\(([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    for (const [, target = "", anchor] of links.filter(([, to = ""]) => !to.includes("://"))) {
      const file = target === "" ? join(ROOT, page) : join(ROOT, dirname(page), target);
      expect(existsSync(file), `${page}: ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchors(file), `${page}: ${target}#${anchor}`).toContain(anchor);
    }
  });

  it("answers each of the predecessor's 49 defects, in order", () => {
    const text = readFileSync(join(ROOT, "docs/migration.md"), "utf8");
    const numbers = [...text.matchAll(/^\| (\d+) +\| .* \|$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 49 }, (_, i) => i + 1));
  });

  it("names every host that prod reaches, with its ports", () => {
    const text = readFileSync(join(ROOT, "docs/network.md"), "utf8");
    const rows = [...text.matchAll(/^\| ([a-z0-9.-]+) +\| ([\d, ]+?) +\| (.*?) +\|$/gm)];
    const hosts = egressHosts(settingsOf("prod")).map(({ host, ports, why }) => [
      host,
      ports.join(", "),
      why,
    ]);
    expect(rows.map(([, ...cells]) => cells)).toEqual(hosts);
  });
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(file: string): string[] {
  const headings = readFileSync(file, "utf8").match(/^#+ .*$/gm) ?? [];
  return headings.map((line) =>
    line
      .replace(/^#+ /, "")
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
