import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { parse, stringify } from "yaml";
import { respondToEvent } from "../../cli/event-response.ts";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { explain } from "../../errors.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { type Context, seedOf, slotsOf } from "../../operations/test-instances/context.ts";
import { ApplyEngine, type Engine } from "../../operations/test-instances/engine.ts";
import { managementObjects } from "../../operations/test-instances/management.ts";
import { command, project } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeGitHub } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { BARE } from "./test-pool.ts";

/** The account that answers, and a token that must never be shown. */
export const ACCOUNT = "github-actions[bot]";
export const TOKEN = "ghp_MARKED0123456789";

/** A build that GitHub's workflow has made. */
export const SUCCESS = { status: "completed", conclusion: "success" };

/** How an event is answered: by the program in a process of its own, as a workflow starts it, or by a call of its inside. */
type Way = "call" | "program";

/** An engine that has nothing to do. */
const PLAYED: Engine = { name: "apply", up: async () => {}, forget: async () => {} };

/** A pool of a test's own on the shared control plane, and pull requests on a GitHub that tells the program of events. */
export class TestTalk {
  readonly github = new FakeGitHub();
  readonly client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
  /** Whether what is done by calls is deployed; otherwise an instance is its namespaces alone. */
  isReal = false;
  readonly #raw: Readonly<Record<string, unknown>>;
  #runs = 24_000_000_000;

  constructor(namespace: string) {
    this.#raw = {
      kubeContext: LOCAL_CONTEXT,
      namespace,
      domain: "apps.example.com",
      storageClass: "local",
      // GitHub's workflow builds images, as far as it is played.
      builder: "actions",
      registry: "quay.io/x",
    };
  }

  get pool() {
    return poolOf(this.#raw);
  }

  get said() {
    return this.github.conversations;
  }

  async start(): Promise<void> {
    await this.github.start();
    for (const object of managementObjects(this.pool)) await applyOne(this.client, object);
  }

  async stop(): Promise<void> {
    for (const object of managementObjects(this.pool).toReversed()) await this.client.delete(object);
    await this.github.stop();
  }

  /** From now on builds go so; former ones are forgotten. */
  plays(outcome: FakeGitHub["outcome"][number]): void {
    this.github.outcome = [outcome];
    this.github.runs.length = 0;
  }

  /** Alice says something, and GitHub tells of it. */
  async comment(place: string, body: string, way: Way = "call") {
    const id = this.said.say(place, "alice", body);
    const ended = await this.#respond(way, "issue_comment", createdOn(place, id));
    return { ...ended, reactions: this.said.reactionsTo(id) };
  }

  /** Something is done with a pull request. */
  pull(
    place: string,
    action: string,
    { label = "test-instance", way = "call" }: { label?: string; way?: Way } = {},
  ) {
    const [full_name, number] = place.split("#");
    const named = action === "closed" ? {} : { label: { name: label } };
    return this.#respond(way, "pull_request_target", {
      action,
      number: Number(number),
      repository: { full_name },
      ...named,
    });
  }

  /** Another repository tells of something. */
  sent(client_payload: unknown, way: Way = "call") {
    return this.#respond(way, "repository_dispatch", {
      action: "test-instance",
      client_payload,
      sender: { login: "alice" },
    });
  }

  /** Somebody starts the workflow. */
  given(text: string, way: Way = "call") {
    return this.#respond(way, "workflow_dispatch", { inputs: { command: text } });
  }

  /** The program, started by an event. */
  started(name: string, event: unknown) {
    const file = join(temporaryFolder(), "event.json");
    writeFileSync(file, JSON.stringify(event));
    const { run, log } = this.#next();
    const where = ["--engine", "apply", "--kubeconfig", PATHS.kubeconfig];
    const what = ["--event", file, "--event-name", name, "--run", String(run), "--log", log];
    const env = { GITHUB_API_URL: this.github.url, GITHUB_TOKEN: TOKEN };
    const shared = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
    shared.config["packit:testInstances"] = { default: this.#raw };
    const cwd = project({ "Pulumi.yaml": stringify(shared) });
    return command("test-instance", ["respond", ...where, ...what], { cwd, env });
  }

  async #respond(way: Way, name: string, event: unknown) {
    if (way === "call") return this.#called(name, event);
    const { exitCode, stderr } = await this.started(name, event);
    return { exitCode, stderr: String(stderr) };
  }

  /** What the program does with an event, done here. */
  async #called(name: string, event: unknown) {
    const { client, pool } = this;
    const said: string[] = [];
    const report = (line: string) => void said.push(line);
    const access = { token: TOKEN, baseUrl: this.github.url };
    const context = async (): Promise<Context> => {
      const common = { root: ROOT, pool, client, github: new GitHub(access), report };
      if (!this.isReal) return { ...common, engine: PLAYED, program: BARE };
      return { ...common, engine: new ApplyEngine(client, () => seedOf(client, pool)) };
    };
    const around = { place: { pool, root: ROOT }, access, account: ACCOUNT, secrets: [TOKEN] };
    try {
      const outcome = await respondToEvent({ ...this.#next(), ...around, name, event, report, context });
      return { exitCode: outcome === "failed" ? 1 : 0, stderr: said.join("\n") };
    } catch (error) {
      return { exitCode: 1, stderr: [...said, explain(error)].join("\n") };
    }
  }

  #next() {
    const run = this.#runs++;
    return { run, log: `https://github.com/packit/deployment/actions/runs/${run}` };
  }

  /** The one status comment of a pull request. */
  status(place: string): string {
    const isStatus = (body: string) => body.startsWith("<!-- test-instance run=");
    const own = this.said.on(place).filter(({ author, body }) => author === ACCOUNT && isStatus(body));
    expect(own).toHaveLength(1);
    return own[0]?.body ?? "";
  }

  held() {
    return slotsOf(this).held();
  }

  async names(): Promise<string[]> {
    return (await this.held()).map(({ name }) => name).sort();
  }
}

/** What GitHub tells of a comment. */
export function createdOn(place: string, id: number) {
  const [full_name, number] = place.split("#");
  return {
    action: "created",
    comment: { id },
    issue: { number: Number(number), pull_request: { url: "x" } },
    repository: { full_name },
  };
}
