import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { Placeholders } from "../../render/jinja.ts";
import { references } from "../../render/references.ts";
import { project } from "../support/cli.ts";
import { tool } from "./tools.ts";

const python = await tool("python");

/** Ansible's way with a template: its settings of Jinja, and its filters. */
const PRINT = `
import hashlib, json, sys
from jinja2 import Environment, StrictUndefined
environment = Environment(trim_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined)
environment.filters["to_json"] = json.dumps
environment.filters["hash"] = lambda text, kind: hashlib.new(kind, text.encode()).hexdigest()
environment.filters["password_hash"] = lambda text, kind, rounds, salt: f"{kind}:{rounds}:{salt}:{text}"
given = json.load(sys.stdin)
def show(template):
    if template.startswith("#jinja2:"):
        return "told how to be read"
    return environment.from_string(template).render(**given["values"])
print(json.dumps([show(template) for template in given["templates"]]))
`;

/** What Jinja, or Ansible, takes for more than text. */
const PIECE = fc.oneof(
  fc.constantFrom("{{", "}}", "{%", "%}", "{#", "#}", "{", "}", "{{{", "-", "+", "#", "##", "%", "\\", "\\n"),
  fc.constantFrom(
    "'",
    '"',
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "raw",
    "{% raw %}",
    "{% endraw %}",
    "{%- endraw -%}",
  ),
  fc.constantFrom(
    "{{ x }}",
    "{{ keytab }}",
    "{# a #}",
    "#jinja2: trim_blocks: False\n",
    "# line",
    "\u2028",
    "ü",
  ),
  fc.string({ maxLength: 4 }),
);
const TEXT = fc.array(PIECE, { maxLength: 8 }).map((pieces) => pieces.join(""));

describe.skipIf(python.missing)("a template, to Jinja", () => {
  it("prints literal texts as they are, and secrets between them as they are given", async () => {
    const cases = fc.sample(fc.tuple(TEXT, TEXT, TEXT), { numRuns: 3000, seed: Date.now() });
    const placeholders = new Placeholders(cases);
    const flower = placeholders.of(["secrets", "flowerPassword"]);
    const token = placeholders.of(["secrets", "forgeTokens", "gitlab.com"]);
    const texts = cases.map(([a, b, c]) => `${a}${flower}${b}${token}${c}`);
    const values = { flowerPassword: "pass{{word", forgeTokens: { "gitlab.com": '"to\\ken' } };
    const templates = texts.map((text) => placeholders.template(text));
    const printed = await print(
      templates.map(({ text }) => text),
      values,
    );
    const secrets = { [flower]: values.flowerPassword, [token]: values.forgeTokens["gitlab.com"] };
    for (const [i, text] of texts.entries()) {
      // What is all between two quotes is quoted as it needs.
      const expected = text.replaceAll(
        /"(\{\{ packit\d+_[^}]+ \}\})"|\{\{ packit\d+_[^}]+ \}\}/g,
        (place, within) => (within === undefined ? (secrets[place] ?? "") : JSON.stringify(secrets[within])),
      );
      expect(printed[i], JSON.stringify(cases[i])).toBe(expected);
    }
    expect(templates[0]?.names).toEqual([
      { name: "flowerPassword", host: undefined },
      { name: "forgeTokens", host: "gitlab.com" },
    ]);
  });

  it.each([
    "{{ x }}",
    "{{ keytab }}",
    "{# x",
    "{% raw %}{{ keytab }}",
    "{% endraw %}",
    "packit1_ {{ packit1_keytab }}",
    "a\\{%'\"}",
  ])("is made of a stack whose settings say %s, which it prints", async (macro) => {
    const root = project();
    const file = join(root, "Pulumi.stage.yaml");
    const { config } = parse(readFileSync(file, "utf8"));
    const packitConfig = { ...config["packit:packitConfig"], default_parse_time_macros: { macro } };
    writeFileSync(file, stringify({ config: { ...config, "packit:packitConfig": packitConfig } }));
    const { secrets } = await references(root, "stage");
    const found = secrets.flatMap(({ keys }) => keys).find(({ key }) => key === "packit-service.yaml");
    const names = found?.values.map(({ name }) => name) ?? [];
    expect(names).toContain("webhookSecret");
    const host = (name: string) => /^forgeTokens\['(.*)'\]$/.exec(name)?.[1];
    const forgeTokens = Object.fromEntries(
      names.flatMap((name) => (host(name) ? [[host(name), "of a forge"]] : [])),
    );
    const values = Object.fromEntries(
      names.filter((name) => !host(name)).map((name) => [name, `of ${name}`]),
    );
    const [printed = ""] = await print([found?.template ?? ""], { ...values, forgeTokens });
    expect(parse(printed)).toMatchObject({
      default_parse_time_macros: { macro },
      webhook_secret: "of webhookSecret",
    });
  });
});

async function print(templates: readonly string[], values: object): Promise<string[]> {
  const { stdout } = await python.run(["-c", PRINT], { input: JSON.stringify({ templates, values }) });
  return JSON.parse(stdout);
}
