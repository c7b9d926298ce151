import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";
import { ACTIONS, SHOWN, WORKFLOWS } from "../support/workflows.ts";
import { goProgram } from "./go.ts";
import { missingOf, tool } from "./tools.ts";

const actionlint = await goProgram("actionlint");
const shellcheck = await tool("shellcheck");
const zizmor = await tool("zizmor");

const FAULTY = `on: push
permissions: {}
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo \${{ github.event.head_commit.message }} $UNQUOTED
        env:
          UNQUOTED: \${{ nothing.of.the.kind }}
      - uses: ./.github/actions/setup
        with: { kubeconfg: a }
`;

describe.skipIf(actionlint.missing ?? shellcheck.missing)("a workflow, to actionlint and ShellCheck", () => {
  const found = (workflows: readonly { path: string; text: string }[]) =>
    actionlint.ask<string[]>({
      shellcheck: shellcheck.command([]).file,
      workflows: workflows.map(({ path, text }) => ({ path: join(ROOT, path), text })),
    });

  it("has no fault, whether GitHub runs it or a page shows it", async () => {
    expect(WORKFLOWS.length).toBeGreaterThan(2);
    expect(await found([...WORKFLOWS, ...SHOWN])).toEqual([]);
  });

  it("has those that it has", async () => {
    const text = (await found([{ path: ".github/workflows/faulty.yml", text: FAULTY }])).join("\n");
    expect(text).toMatch("[expression]");
    expect(text).toMatch(/SC2086.*\[shellcheck\]/);
    expect(text).toMatch('input "kubeconfg" is not defined in action "Set up"');
  });
});

describe.skipIf(shellcheck.missing)("a script of an action, to ShellCheck", () => {
  // actionlint looks at workflows alone.
  const scripts = ACTIONS.flatMap(({ path, parsed }) =>
    parsed.runs.steps.flatMap(({ run }) => (run === undefined ? [] : [[path, run] as const])),
  );

  it.each(scripts)("has no fault: %s, %j", async (_, input) => {
    await shellcheck.run(["--shell=bash", "-"], { input });
  });
});

describe.skipIf(missingOf(zizmor))("a workflow, to zizmor", () => {
  const config = join(ROOT, ".github/zizmor.yml");
  const look = (folder: string) =>
    zizmor.run(["--offline", "--no-progress", "--config", config, "--", folder], { env: { NO_COLOR: "1" } });

  it("has no fault, nor has an action", async () => {
    expect((await look(join(ROOT, ".github"))).stdout).toMatch(/^No findings to report/);
  });

  it("has none where a page shows it", async () => {
    if (SHOWN.length > 0) expect((await look(repositoryOf(SHOWN))).stdout).toMatch(/^No findings to report/);
  });

  it("has those that it has", async () => {
    const faulty = look(repositoryOf([{ path: "faulty.yml", text: FAULTY }]));
    await expect(faulty).rejects.toThrow(/template-injection/);
  });
});

/** A folder that looks like a repository with these workflows. */
function repositoryOf(workflows: readonly { path: string; text: string }[]): string {
  const folder = temporaryFolder();
  for (const { path, text } of workflows) {
    const file = join(folder, ".github/workflows", path.replaceAll("/", "-"));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}
