import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { onTestFinished } from "vitest";
import { parse, stringify } from "yaml";
import { command, project } from "../cli.ts";
import { temporaryFolder } from "../folder.ts";
import { Remotes } from "./remotes.ts";
import { FakeServices } from "./services.ts";

/** Tokens that nothing may show. */
export const TOKENS = {
  GITHUB_TOKEN: "ghp_github0token0nobody0may0see0000000000",
  MATRIX_TOKEN: "syt_matrix_token_nobody_may_see",
  SLACK_TOKEN: "xoxb-slack-token-nobody-may-see",
  MASTODON_TOKEN: "mastodon-token-nobody-may-see",
  QUAY_TOKEN: "quay-token-nobody-may-see",
};

/** All that a release works with, on this machine: remotes, services, a stand-in for Pulumi's CLI, and a state folder. */
export class World {
  readonly folder = temporaryFolder();
  readonly state = join(this.folder, "state");
  readonly remotes = Remotes.in(join(this.folder, "remotes"));
  readonly services = new FakeServices(this.remotes);
  cwd = "";
  env: Readonly<Record<string, string | undefined>> = {};

  /** One with other settings below packit:release, as they are given. */
  static async make(changes: object = {}): Promise<World> {
    const world = new World();
    await world.services.start();
    onTestFinished(() => world.services.stop());
    world.#write(changes);
    return world;
  }

  /** Starts `./ops release` with these words. */
  run(words: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) {
    const [verb = "", ...rest] = words;
    return command("release", [verb, `--state=${this.state}`, ...rest], {
      cwd: this.cwd,
      stdin: "ignore",
      env: { ...this.env, ...env },
    });
  }

  /** Starts it anew until it is finished: begun where nothing is, else gone on with. */
  goOn(env: Readonly<Record<string, string | undefined>> = {}, words: readonly string[] = []) {
    const isBegun = this.journal().some(({ type }) => type === "begin");
    return this.run([isBegun ? "resume" : "start", "--yes", ...words], env);
  }

  /** The lines of the newest journal. */
  journal(name = new Date().toISOString().slice(0, 10)): Record<string, unknown>[] {
    const path = join(this.state, `${name}.jsonl`);
    if (!existsSync(path)) return [];
    const whole = readFileSync(path, "utf8");
    const lines = whole
      .slice(0, whole.lastIndexOf("\n") + 1)
      .trim()
      .split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  /** How often the stand-in for Pulumi's CLI brought prod up. */
  get ups(): number {
    const path = join(this.folder, "ups.log");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").length : 0;
  }

  /** All that was changed outside, to be compared. */
  get outside() {
    const { services, remotes } = this;
    return {
      pushes: remotes.pushes.map(({ repository, ref }) => `${repository} ${ref}`).sort(),
      topicChanges: services.chats.topicChanges.length,
      topics: { ...services.chats.topics },
      toots: services.chats.toots.map(({ text }) => text),
      branches: [...services.blog.branches.keys()],
      commits: [...services.blog.commits],
      pulls: services.blog.pulls.map(({ title }) => title),
      removed: [...services.removed].sort(),
      ups: this.ups,
      submodules: remotes.submodules,
    };
  }

  /** The settings, as they stand below packit:release. */
  settings(changes: object = {}): object {
    const { url } = this.services;
    const at = (name: string) => ({
      name,
      github: `packit/${name}`,
      remote: this.remotes.path(name),
      version: name,
    });
    return {
      stage: { url: `${url}/stage` },
      prod: { url: `${url}/prod` },
      repositories: [
        { ...at("ogr"), package: "python-ogr" },
        { ...at("packit"), package: "packit", after: ["ogr"] },
        {
          ...at("packit-service"),
          after: ["packit"],
          images: ["service", "worker"],
          workflow: "rebuild-and-push-images.yml",
          version: "packit_service",
        },
      ],
      monorepo: { remote: this.remotes.path("production-monorepo"), others: [] },
      copr: { url: `${url}/copr` },
      registry: { url: `${url}/quay`, keep: 1 },
      matrix: { url: `${url}/matrix`, room: "#packit:example.com" },
      slack: { url: `${url}/slack`, channel: "C01" },
      mastodon: { url: `${url}/mastodon` },
      wait: { everySeconds: 0, limit: "6s" },
      ...changes,
    };
  }

  #write(changes: object): void {
    const { url } = this.services;
    const release = this.settings(changes);
    this.cwd = project();
    const file = join(this.cwd, "Pulumi.yaml");
    const shared = parse(readFileSync(file, "utf8"));
    shared.config["packit:release"] = { default: release };
    writeFileSync(file, stringify(shared));
    const git = (...words: string[]) => execaSync("git", words, { cwd: this.cwd });
    git("init", "--quiet");
    git("add", "--", "Pulumi.yaml", "Pulumi.prod.yaml", "index.ts");
    git("-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "--message=one");
    const names = {
      "packit-stage": "stage",
      "packit-prod": "prod",
      "fedora-ci": "ci",
      "fedora-ci-stage": "ci",
    };
    const contexts = Object.entries(names).map(([name, cluster]) => ({
      name,
      context: { cluster, user: "u" },
    }));
    const clusters = [...new Set(Object.values(names))].map((name) => ({
      name,
      cluster: { server: `${url}/kube/${name}` },
    }));
    const users = [{ name: "u", user: { token: "kube" } }];
    const kubeconfig = join(this.folder, "kubeconfig");
    writeFileSync(kubeconfig, stringify({ apiVersion: "v1", kind: "Config", clusters, contexts, users }));
    this.env = {
      ...TOKENS,
      GITHUB_API_URL: `${url}/github`,
      KUBECONFIG: kubeconfig,
      PATH: `${this.#pulumi()}:${process.env.PATH}`,
      GIT_AUTHOR_NAME: "R",
      GIT_AUTHOR_EMAIL: "r@example.com",
      GIT_COMMITTER_NAME: "R",
      GIT_COMMITTER_EMAIL: "r@example.com",
      GIT_CONFIG_GLOBAL: "/dev/null",
      EDITOR: "true",
      VISUAL: undefined,
      TZ: "UTC",
    };
  }

  /** A stand-in for Pulumi's CLI: one Deployment changes, once. */
  #pulumi(): string {
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    const urn = "urn:pulumi:prod::packit::kubernetes:apps/v1:Deployment::dashboard";
    const state = (replicas: number) => ({
      type: "kubernetes:apps/v1:Deployment",
      inputs: { spec: { replicas } },
    });
    const step = {
      op: "update",
      urn,
      oldState: state(1),
      newState: state(2),
      detailedDiff: { "spec.replicas": { kind: "update" } },
    };
    writeFileSync(join(this.folder, "steps.json"), JSON.stringify({ steps: [step] }));
    const script = [
      "#!/bin/sh",
      `cd '${this.folder}' || exit 1`,
      'case "$1" in',
      `preview) if [ -e ups.log ]; then echo '{"steps":[]}'; else cat steps.json; fi ;;`,
      "up) echo up >> ups.log; echo ' ~ kubernetes:apps/v1:Deployment dashboard updated' ;;",
      "esac",
    ];
    writeFileSync(join(bin, "pulumi"), `${script.join("\n")}\n`);
    chmodSync(join(bin, "pulumi"), 0o755);
    return bin;
  }
}
