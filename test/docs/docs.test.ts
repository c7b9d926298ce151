import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { SECRET_NAMES } from "../../components/catalogue.ts";
import { egressHosts } from "../../components/egress.ts";
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

describe("the table of the vault's values", () => {
  const text = readFileSync(join(ROOT, "docs/migration.md"), "utf8");
  const [, part = ""] = text.split("## Where the vault's values go");
  const rows = [...(part.split("## ")[0] ?? "").matchAll(/^\| (.+?) \| (.+?) \|$/gm)].slice(2);
  const cells = rows.map(([, , now = ""]) => now);

  it("has a place for every secret that a stack can be given, but for those of parts that the predecessor lacks", () => {
    const lacking = ["postgresExporterPassword", "imageRegistryToken"];
    const names = [...SECRET_NAMES.filter((name) => !lacking.includes(name)), "forgeTokens"];
    const told = cells.flatMap((cell) => cell.match(/(?<=^`)[A-Za-z]+/g) ?? []);
    expect(told.toSorted()).toEqual(names.toSorted());
  });

  it("names settings that there are", () => {
    const settings = cells.flatMap((cell) => cell.match(/(?<=`packit:)[A-Za-z_.]+(?=`)/g) ?? []);
    const reference = readFileSync(join(ROOT, "docs/settings.md"), "utf8");
    expect(settings.length).toBeGreaterThan(4);
    for (const setting of settings) expect(reference).toContain(`| \`${setting.replace(".HOST", "")}\` |`);
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
