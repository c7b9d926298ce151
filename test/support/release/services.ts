import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NAMES, type Name, type Remotes } from "./remotes.ts";

/** A request that a service answers. */
export interface Asked {
  readonly method: string;
  /** Below the service's own address. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export type Answer = readonly [status: number, body?: unknown, headers?: Record<string, string>];

const OLD = "0ld";

/** The digest that an image of a commit has. */
export function digestOf(image: string, sha: string): string {
  return `sha256:${createHash("sha256").update(`${image} ${sha}`).digest("hex")}`;
}

/** The services that a release talks to, with answers of the real ones' shape. What is done there is counted. */
export class FakeServices {
  readonly #server: Server;
  readonly remotes: Remotes;
  /** All requests, as `matrix PUT /…`. */
  readonly asked: string[] = [];
  /** All tokens that were sent, by service. */
  readonly tokens = new Map<string, Set<string>>();
  /** Each change of a topic. */
  readonly topicChanges: string[] = [];
  readonly topics = { matrix: "Welcome to Packit", slack: "Packit & friends <3" };
  readonly toots: { id: string; text: string; key: string; at: string }[] = [];
  readonly branches = new Map<string, string>([["main", "f".repeat(40)]]);
  readonly files = new Map<string, string>();
  /** Each commit of a file, as `branch path`. */
  readonly commits: string[] = [];
  readonly pulls: { head: string; title: string }[] = [];
  readonly removed: string[] = [];
  /** How many looks each thing takes until it is done. */
  looks = { copr: 1, run: 2, registry: 1, pods: 1 };
  /** What goes wrong. */
  coprFails = false;
  runConclusion = "success";
  isRunEndless = false;
  isProdIll = false;
  stagePod: object | undefined;
  /** What becomes of prod's pods before they are listed. */
  changePod: (pod: ReturnType<typeof podOf>) => object = (pod) => pod;
  readonly #seen = new Map<string, number>();
  /** Tags besides those that are built: image, name, age in days. */
  readonly oldTags: { image: string; name: string; days: number }[] = [];
  /** Called before a request is answered and after it was; what it does can end the program that asks. */
  onRequest: (line: string, when: "before" | "after") => void = () => {};
  /** Whose answers are lost once: the request is served, and the connection cut. */
  readonly lost: RegExp[] = [];

  constructor(remotes: Remotes) {
    this.remotes = remotes;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  get url(): string {
    // It listens on a port of its own.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://x");
    const [, service = "", ...rest] = url.pathname.split("/");
    const method = request.method ?? "GET";
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = `/${rest.map(decodeURIComponent).join("/")}`;
    const line = `${service} ${method} ${path}`;
    this.asked.push(line);
    const { authorization = "" } = request.headers;
    this.tokens.set(service, (this.tokens.get(service) ?? new Set()).add(authorization));
    this.onRequest(line, "before");
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const asked = { method, path, query: url.searchParams, headers: request.headers, body };
    const [status, answer, headers = {}] = this.#answer(service, asked);
    this.onRequest(line, "after");
    const lost = this.lost.findIndex((one) => one.test(line));
    if (lost >= 0) {
      this.lost.splice(lost, 1);
      response.destroy();
      return;
    }
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(method === "HEAD" || answer === undefined ? undefined : JSON.stringify(answer));
  }

  #answer(service: string, asked: Asked): Answer {
    switch (service) {
      case "matrix":
        return this.#matrix(asked);
      case "slack":
        return this.#slack(asked);
      case "mastodon":
        return this.#mastodon(asked);
      case "copr":
        return this.#copr(asked);
      case "quay":
        return this.#quay(asked);
      case "github":
        return this.#github(asked);
      case "stage":
      case "prod":
        return this.#site(service, asked);
      case "kube":
        return this.#kube(asked);
      default:
        return [404, {}];
    }
  }

  #matrix({ method, path, body }: Asked): Answer {
    if (path.includes("/directory/room/")) return [200, { room_id: "!room:example.com", servers: [] }];
    if (method === "GET") return [200, { topic: this.topics.matrix }];
    const { topic } = body as { topic: string };
    this.#setTopic("matrix", topic);
    return [200, { event_id: "$event" }];
  }

  #slack({ path, body }: Asked): Answer {
    const escaped = (text: string) =>
      text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    if (path === "/conversations.info")
      return [200, { ok: true, channel: { id: "C01", topic: { value: escaped(this.topics.slack) } } }];
    const { topic } = body as { topic: string };
    if (topic.length > 250) return [200, { ok: false, error: "too_long" }];
    this.#setTopic("slack", topic);
    return [200, { ok: true }];
  }

  #setTopic(chat: "matrix" | "slack", topic: string): void {
    this.topics[chat] = topic;
    this.topicChanges.push(`${chat}: ${topic}`);
  }

  #mastodon({ method, path, headers, body }: Asked): Answer {
    if (path.endsWith("/verify_credentials")) return [200, { id: "7", username: "packit" }];
    if (path === "/api/v1/accounts/7/statuses")
      return [
        200,
        this.toots.map(({ id, text, at }) => ({
          id,
          url: `https://fosstodon.org/@packit/${id}`,
          created_at: at,
          content: `<p>${text}</p>`,
        })),
      ];
    const source = /^\/api\/v1\/statuses\/(\d+)\/source$/.exec(path)?.[1];
    if (source !== undefined) {
      const found = this.toots.find(({ id }) => id === source);
      return found ? [200, { id: found.id, text: found.text, spoiler_text: "" }] : [404, {}];
    }
    if (method !== "POST") return [404, { error: "Record not found" }];
    const key = String(headers["idempotency-key"] ?? "");
    const { status: text } = body as { status: string };
    const known = this.toots.find((one) => one.key === key && key !== "");
    const toot = known ?? { id: `${this.toots.length + 1}`, text, key, at: new Date().toISOString() };
    if (known === undefined) this.toots.unshift(toot);
    return [200, { id: toot.id, url: `https://fosstodon.org/@packit/${toot.id}`, created_at: toot.at }];
  }

  #copr({ query }: Asked): Answer {
    const name = query.get("packagename") === "packit" ? "packit" : "ogr";
    const sha = this.remotes.head(name, "stable");
    const build = (id: number, state: string, of: string) => ({
      id,
      state,
      source_package: { name, version: `1.0-0.${of.slice(0, 7)}.1`, url: "https://example.com" },
    });
    const isDone = this.#look(`copr ${name} ${sha}`) > this.looks.copr;
    const state = this.coprFails ? "failed" : isDone ? "succeeded" : "running";
    const latest = build(2, state, sha);
    return [
      200,
      {
        name,
        builds: { latest, latest_succeeded: state === "succeeded" ? latest : build(1, "succeeded", OLD) },
      },
    ];
  }

  /** The commit that prod's images are of. */
  get built(): string {
    const sha = this.remotes.head("packit-service", "stable");
    const isRun = (this.#seen.get(`run ${sha}`) ?? 0) > this.looks.run && this.runConclusion === "success";
    const isThere = isRun && this.#look(`registry ${sha}`) > this.looks.registry;
    return isThere ? sha : OLD;
  }

  #quay({ method, path, query }: Asked): Answer {
    if (path === "/v2/auth") return [200, { token: "anyone" }];
    const manifest = /^\/v2\/packit\/([^/]+)\/manifests\/(.+)$/.exec(path);
    if (manifest !== null) {
      const [, image = "", reference = ""] = manifest;
      const digest = reference.startsWith("sha256:") ? reference : digestOf(image, this.built);
      return [200, { manifests: [{ digest: partOf(digest) }] }, { "docker-content-digest": digest }];
    }
    const [, image = "", tag] = /^\/api\/v1\/repository\/packit\/([^/]+)\/tag\/(.*)$/.exec(path) ?? [];
    if (method === "DELETE") {
      this.removed.push(`${image}:${tag}`);
      return [204];
    }
    const now = Math.floor(Date.now() / 1000);
    const { built } = this;
    const own = {
      name: `stable-${built.slice(0, 7)}-1`,
      manifest_digest: digestOf(image, built),
      start_ts: now,
    };
    const old = this.oldTags
      .filter((one) => one.image === image && !this.removed.includes(`${image}:${one.name}`))
      .map(({ name, days }) => ({
        name,
        manifest_digest: digestOf(image, name),
        start_ts: now - days * 86_400,
      }));
    const like = (query.get("filter_tag_name") ?? "").replace("like:", "");
    const tags = [{ ...own, name: "prod" }, own, ...old].filter(({ name }) => name.includes(like));
    return [200, { tags, page: 1, has_additional: false }];
  }

  #github({ method, path, query, body }: Asked): Answer {
    const [, repository = "", rest = ""] = /^\/repos\/packit\/([^/]+)\/(.*)$/.exec(path) ?? [];
    if (repository === "packit.dev") return this.#blog(method, rest, query, body as Record<string, string>);
    const number = Number(/^pulls\/(\d+)$/.exec(rest)?.[1] ?? 0);
    if (number > 0) {
      const note = number % 2 === 0 ? `Thing ${number} of ${repository} works now.` : "N/A";
      return [
        200,
        { ...pullOf(repository, number), body: `RELEASE NOTES BEGIN\r\n${note}\r\nRELEASE NOTES END` },
      ];
    }
    if (!rest.startsWith("actions/workflows/")) return [404, { message: "Not Found" }];
    const sha = query.get("head_sha") ?? "";
    if (this.remotes.head(repository, "stable") !== sha) return [200, { total_count: 0, workflow_runs: [] }];
    const looks = this.#look(`run ${sha}`);
    const isDone = looks > this.looks.run && !this.isRunEndless;
    const run = {
      id: 1,
      display_title: "Rebuild & push images",
      html_url: `https://github.com/packit/${repository}/actions/runs/1`,
      status: isDone ? "completed" : looks > 1 ? "in_progress" : "queued",
      conclusion: isDone ? this.runConclusion : null,
      created_at: "2026-11-30T13:00:00Z",
    };
    return [200, { total_count: 1, workflow_runs: [run] }];
  }

  #blog(method: string, rest: string, query: URLSearchParams, body: Record<string, string>): Answer {
    const ref = /^git\/ref\/heads\/(.+)$/.exec(rest)?.[1];
    if (ref !== undefined) {
      const sha = this.branches.get(ref);
      return sha ? [200, { object: { sha, type: "commit" } }] : [404, { message: "Not Found" }];
    }
    if (rest === "git/refs") {
      const name = body.ref?.replace("refs/heads/", "") ?? "";
      if (this.branches.has(name)) return [422, { message: "Reference already exists" }];
      this.branches.set(name, body.sha ?? "");
      return [201, { ref: body.ref, object: { sha: body.sha } }];
    }
    const file = /^contents\/(.+)$/.exec(rest)?.[1];
    if (file !== undefined && method === "GET") {
      const text = this.files.get(`${query.get("ref")} ${file}`);
      if (text === undefined) return [404, { message: "Not Found" }];
      return [200, { content: Buffer.from(text).toString("base64"), encoding: "base64", sha: "b10b" }];
    }
    if (file !== undefined) {
      const key = `${body.branch} ${file}`;
      if (this.files.has(key) && body.sha === undefined) return [422, { message: '"sha" wasn\'t supplied.' }];
      this.files.set(key, Buffer.from(body.content ?? "", "base64").toString());
      this.commits.push(key);
      return [201, { commit: { sha: "c0de" } }];
    }
    if (rest === "pulls" && method === "GET") {
      const found = this.pulls.filter(({ head }) => `packit:${head}` === query.get("head"));
      return [200, found.map(({ title }, i) => ({ ...pullOf("packit.dev", i + 1), title }))];
    }
    if (rest === "pulls") {
      if (this.pulls.some(({ head }) => head === body.head))
        return [422, { message: "A pull request already exists" }];
      this.pulls.push({ head: body.head ?? "", title: body.title ?? "" });
      return [201, pullOf("packit.dev", this.pulls.length)];
    }
    return [404, { message: "Not Found" }];
  }

  #site(which: "stage" | "prod", { path }: Asked): Answer {
    if (path === "/api/healthz")
      return which === "prod" && this.isProdIll ? [503, { message: "unwell" }] : [200, "We are healthy!"];
    const isNew = which === "stage" || this.#runs !== OLD;
    const branch = which === "stage" ? "main" : "stable";
    const of = (name: Name) => ({
      commit: isNew ? this.remotes.head(name, branch).slice(0, 7) : OLD,
      version: "1",
    });
    return [200, { ogr: of("ogr"), packit: of("packit"), packit_service: of("packit-service") }];
  }

  /** The commit that prod's pods run, a while after it is built. */
  get #runs(): string {
    const sha = this.remotes.head("packit-service", "stable");
    return (this.#seen.get(`pods ${sha}`) ?? 0) > this.looks.pods ? sha : OLD;
  }

  #kube({ path }: Asked): Answer {
    const [, stack = "", ...rest] = path.split("/");
    const below = rest.join("/");
    if (below === "api/v1") {
      const verbs = ["get", "list", "delete"];
      return [200, { resources: [{ name: "pods", kind: "Pod", namespaced: true, verbs }] }];
    }
    if (!below.endsWith("/pods")) return [404, { kind: "Status", code: 404, message: "not found" }];
    const { built } = this;
    if (stack === "prod" && built !== OLD) this.#look(`pods ${built}`);
    const items = ["packit-service", "packit-worker"].map((image) => {
      const digest = digestOf(image, stack === "prod" ? this.#runs : OLD);
      return podOf(image, {
        image: `quay.io/packit/${image}:prod`,
        imageID: `quay.io/packit/${image}@${partOf(digest)}`,
      });
    });
    if (stack === "stage" && this.stagePod) items.push(podOf("bad", this.stagePod));
    const shown = stack === "prod" ? items.map((item) => this.changePod(item)) : items;
    return [200, { kind: "PodList", apiVersion: "v1", items: shown }, { date: new Date().toUTCString() }];
  }

  #look(what: string): number {
    const looks = (this.#seen.get(what) ?? 0) + 1;
    this.#seen.set(what, looks);
    return looks;
  }
}

/** The digest of a list's image for one architecture. */
function partOf(digest: string): string {
  return `sha256:${createHash("sha256").update(digest).digest("hex")}`;
}

function pullOf(repository: string, number: number) {
  const html_url = `https://github.com/packit/${repository}/pull/${number}`;
  return { number, title: `Change ${number}`, body: "", html_url, merged_at: "2026-11-29T10:00:00Z" };
}

function podOf(name: string, container: object) {
  return {
    metadata: { name: `${name}-0`, namespace: "x" },
    status: { phase: "Running", containerStatuses: [{ name, ready: true, restartCount: 0, ...container }] },
  };
}

export { NAMES };
