import { describe, expect, it } from "vitest";
import { packitConfig } from "../../components/configuration/packit-config.ts";
import { packitServiceYaml } from "../../components/configuration/packit-service-yaml.ts";
import type { Anything } from "../support/anything.ts";
import { tool } from "./tools.ts";

const python = await tool("python");

/** Texts that a reader of YAML takes for something else, where they are not quoted. */
const NASTY = [
  ...["no", "NO", "off", "y", "Yes", "true", "null", "~", "Null"],
  ...["012", "0o14", "0x1F", "0b11", "1_000", "1e3", "1.5e+3", ".5", "-.inf", ".NaN", "1:30", "190:20:30.15"],
  ...["2020-01-01", "2001-12-14t21:59:43.10-05:00", "=", "<<", "*a", "&a", "!x", "!!int 1", "%a", "@a", "`a"],
  ...["- a", "? a", "a: b", "a #b", "#a", "[a]", "{a}", "'a", '"a"', "|", ">", "---", "...", ",", "\\n"],
  ...["é", "\u0085", "\u2028", "\ufeffa", "\u{1f600}", "a\tb", "x".repeat(300), `${"word ".repeat(60)}end`],
];

/** JSON has no dates: one would be refused here. */
const READ = `
import json, sys, yaml
def read(text):
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        return str(error)
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

describe.skipIf(python.missing)("packit-service.yaml, to PyYAML", () => {
  it("gives back every text as a text, whatever it looks like", async () => {
    const lists = await read(NASTY.map((text) => rendered(text)));
    expect(lists.map(taken)).toEqual(NASTY.map((text) => Array(7).fill(text)));
  });

  it("gives back several lines as they are", async () => {
    const texts = ["a\nb", "a\n", "\na", " a\n  b\n", "a\n\n\n", "a\r\nb", "\n", " "];
    const documents = await read(texts.map((text) => rendered("a", text)));
    expect(documents.map((document) => document.webhook_secret)).toEqual(texts);
  });

  it("keeps truths, numbers and lists what they are", async () => {
    const [document] = await read([rendered("a")]);
    expect(document).toMatchObject({
      debug: true,
      validate_webhooks: false,
      rate_limit_threshold: 200,
      default_parse_time_macros: { a: 1 },
      add_repositories_to_repository_cache: false,
      server_name: "stg.packit.dev",
      deployment: "stg",
    });
  });
});

/** The file with one text in all places where an operator may put any. */
function rendered(text: string, secret = text): string {
  const sync = {
    forge: text,
    repo_namespace: "n",
    repo_name: "r",
    branch: "b",
    dg_repo_name: "r",
    dg_branch: "b",
  };
  const config = {
    ...packitConfig.parse({ validate_webhooks: false }),
    admins: [text],
    default_parse_time_macros: { [text]: 1 },
    enabled_private_namespaces: ["first", text],
    projects_to_sync: [sync],
    fedora_ci: { enabled_projects: [text] },
  };
  return packitServiceYaml({
    deployment: "stg",
    serverName: "stg.packit.dev",
    fasUser: "packit-stg",
    config,
    forges: { "gitlab.com": { instanceUrl: "https://gitlab.com", token: text } },
    secrets: { webhook_secret: secret },
    sandbox: { namespace: "packit--stg-sandbox", image: "quay.io/packit/sandcastle:stg" },
    repositoryCache: true,
  });
}

function taken(document: Anything): unknown[] {
  if (typeof document === "string") return [document];
  return [
    document.admins[0],
    document.enabled_private_namespaces[1],
    document.projects_to_sync[0].forge,
    document.fedora_ci.enabled_projects[0],
    document.authentication["gitlab.com"].token,
    document.webhook_secret,
    Object.keys(document.default_parse_time_macros)[0],
  ];
}

/** What safe_load makes of each text, or what it says of one that it does not take. */
async function read(texts: readonly string[]): Promise<Anything[]> {
  const { stdout } = await python.run(["-c", READ], { input: JSON.stringify(texts) });
  return JSON.parse(stdout);
}
