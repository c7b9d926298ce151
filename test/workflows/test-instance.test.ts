import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkArguments } from "../../cli/arguments.ts";
import { COMMANDS, commandLines } from "../../cli/comment-lines.ts";
import { LABEL } from "../../cli/pull-response.ts";
import { respondCommand } from "../../cli/test-instance-respond.ts";
import { verbOf } from "../../cli/verb.ts";
import { occasionOf } from "../../github/event.ts";
import { REPOSITORIES } from "../../operations/test-instances/reference.ts";
import { blocks } from "../support/documented.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

const text = readFileSync(join(ROOT, ".github/workflows/test-instance.yml"), "utf8");
const { on, jobs, permissions, concurrency } = parse(text);
const { steps, if: condition } = jobs.respond as { steps: Step[]; if: string };

describe("the workflow that comments and labels start", () => {
  it("runs for new comments alone, and for the events that the program reads", () => {
    expect(on.issue_comment.types).toEqual(["created"]);
    for (const name of Object.keys(on)) {
      // An event that the program does not know is refused by its name.
      expect(() => occasionOf(name, {}, LABEL)).not.toThrow("--event-name");
    }
    for (const action of on.pull_request_target.types) {
      const event = { action, number: 1, label: { name: LABEL }, repository: { full_name: "packit/ogr" } };
      expect(occasionOf("pull_request_target", event, LABEL)).toBeDefined();
    }
    expect(condition).toContain(`github.event.label.name == '${LABEL}'`);
    expect(Object.keys(on.workflow_dispatch.inputs)).toEqual(["command"]);
  });

  it.each([
    ["/deploy", true],
    ["/deploy ogr=1\r\n", true],
    ["Please\r\n/extend --by 1h", true],
    ["a\n\n/destroy", true],
    ["/status", true],
    ["See https://github.com/packit/deployment", false],
    ["/packit build", false],
    ["say /deploy", false],
    ["> /deploy", false],
    ["", false],
  ])("takes a runner for %j: %s", (body, isMeant) => {
    expect(isRun(body)).toBe(isMeant);
    // Whatever the program would do something for gets a runner.
    if (commandLines(body).length > 0) expect(isRun(body)).toBe(true);
  });

  it("checks out nothing but the default branch, and leaves no token in it", () => {
    const checkouts = steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));
    expect(checkouts.map((one) => one.with)).toEqual([
      {
        ref: expect.stringMatching(/^\$\{\{ github\.event\.repository\.default_branch \}\}$/),
        "persist-credentials": false,
      },
    ]);
    expect(text).not.toMatch(/github\.(event\.pull_request\.head|head_ref)/);
  });

  it("may do what it has to, and nothing else", () => {
    expect(permissions).toEqual({});
    expect(jobs.respond.permissions).toEqual({
      contents: "read",
      actions: "write",
      issues: "write",
      "pull-requests": "write",
    });
  });

  it("has requests for different instances never wait for each other", () => {
    expect(concurrency["cancel-in-progress"]).toBe(false);
    expect(concurrency.group).not.toMatch(/issue\.number|event\.number|payload\.number/);
    expect(concurrency.group).toMatch(/comment\.id.*payload\.comment.*run_id/);
  });

  it("starts the program with words that it takes, and hears no command in what that says", async () => {
    const { run = "", env = {} } = steps.at(-1) ?? {};
    const folder = temporaryFolder();
    const ops = '#!/bin/sh\nprintf "%s\\n" "$$" "$@"\n';
    writeFileSync(join(folder, "ops"), ops, { mode: 0o755 });
    const { stdout } = await execa("bash", ["-e", "-c", `echo $$; ${run}`], {
      cwd: folder,
      env: {
        ...Object.fromEntries(Object.keys(env).map((name) => [name, `the ${name}`])),
        RUNNER_TEMP: "/tmp/a b",
        GITHUB_EVENT_PATH: "/tmp/event.json",
        GITHUB_EVENT_NAME: "issue_comment",
        GITHUB_RUN_ID: "123",
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_REPOSITORY: "packit/deployment",
      },
    });
    const [shell, stop, process, ...words] = stdout.split("\n");
    expect(stop).toMatch(/^::stop-commands::[0-9a-f]{32}$/);
    // In the shell's place it hears what the runner asks it to do.
    expect(process).toBe(shell);
    expect(words.slice(0, 2)).toEqual(["test-instance", "respond"]);
    expect(words).toContain("https://github.com/packit/deployment/actions/runs/123");
    const { args } = await verbOf(respondCommand);
    expect(() => checkArguments(args, words.slice(2))).not.toThrow();
  });
});

describe("what docs/test-instances.md has other repositories do", () => {
  const [snippet = ""] = yamlBlocks().filter(
    (one) => one.includes("repository_dispatch") || one.includes("dispatches"),
  );
  const other = parse(snippet);

  it("sends what this workflow is started by, and nothing that somebody has said", async () => {
    expect(other.on.issue_comment.types).toEqual(["created"]);
    const [job] = Object.values(other.jobs) as { permissions: unknown; steps: Step[] }[];
    expect(job?.permissions).toEqual({});
    const [{ run = "", env = {} } = {}] = job?.steps ?? [];
    expect(run).not.toContain("${{");
    expect(snippet).not.toMatch(/\$\{\{[^}]*(body|title|login|head)/);
    const folder = temporaryFolder();
    writeFileSync(join(folder, "gh"), '#!/bin/sh\nprintf "%s\\n" "$@" >> calls\n', { mode: 0o755 });
    for (const [comment, kind] of [
      ["1234", "comment"],
      ["", "pull"],
    ] as const) {
      await execa("bash", ["-e", "-c", run], {
        cwd: folder,
        env: {
          ...env,
          PATH: `${folder}:${process.env.PATH}`,
          REPOSITORY: "packit/ogr",
          NUMBER: "5",
          COMMENT: comment,
        },
      });
      const calls = readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n");
      writeFileSync(join(folder, "calls"), "");
      expect(calls).toContain("repos/packit/deployment/dispatches");
      expect(calls).toContain(`event_type=${on.repository_dispatch.types[0]}`);
      // As gh makes JSON of -F: numbers and null are what they are.
      const fields = calls.flatMap((one) => /^client_payload\[(\w+)\]=(.*)$/.exec(one)?.slice(1) ?? []);
      const entries = Array.from({ length: fields.length / 2 }, (_, i) => [
        fields[2 * i],
        /^(\d+|null)$/.test(fields[2 * i + 1] ?? "")
          ? JSON.parse(fields[2 * i + 1] ?? "")
          : fields[2 * i + 1],
      ]);
      expect(
        occasionOf("repository_dispatch", { client_payload: Object.fromEntries(entries) }, LABEL),
      ).toMatchObject({
        kind,
        repository: { owner: "packit", name: "ogr" },
        number: 5,
      });
    }
  });
});

it("documents every command of a comment", () => {
  const page = readFileSync(join(ROOT, "docs/test-instances.md"), "utf8");
  for (const name of Object.keys(COMMANDS)) expect(page).toContain(`| \`/${name}`);
  expect(page).toContain(`\`${LABEL}\``);
  expect(REPOSITORIES.length).toBeGreaterThan(0);
  expect(blocks(page).length).toBeGreaterThan(0);
});

/** Whether the condition gives a comment a runner, by those of its terms that read the comment's text. */
function isRun(body: string): boolean {
  const starts = [...condition.matchAll(/startsWith\(github\.event\.comment\.body, '([^']*)'\)/g)];
  const holds = [...condition.matchAll(/contains\(github\.event\.comment\.body, fromJSON\('([^']*)'\)\)/g)];
  expect([starts.length, holds.length]).toEqual([Object.keys(COMMANDS).length, Object.keys(COMMANDS).length]);
  return (
    starts.some(([, one = ""]) => body.startsWith(one)) ||
    holds.some(([, one = ""]) => body.includes(JSON.parse(one)))
  );
}

function yamlBlocks(): string[] {
  const page = readFileSync(join(ROOT, "docs/test-instances.md"), "utf8");
  return [...page.matchAll(/^ *```yaml\n(.*?)^ *```$/gms)].map(([, one = ""]) => one);
}
