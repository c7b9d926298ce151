import type { IncomingMessage, ServerResponse } from "node:http";
import { LocalServer } from "../local-server.ts";
import { FakeBlog, pullOf } from "./blog.ts";
import { FakeChats } from "./chats.ts";
import type { Name, Remotes } from "./remotes.ts";
import { type Answer, type Asked, digestOf, manifestOf, partOf, podOf } from "./shapes.ts";

const OLD = "0ld";

/** The services that a release talks to, with answers of the real ones' shape. What is done there is counted. */
export class FakeServices extends LocalServer {
  readonly remotes: Remotes;
  /** All requests, as `matrix PUT /…`. */
  readonly asked: string[] = [];
  /** All tokens that were sent, by service. */
  readonly tokens = new Map<string, Set<string>>();
  readonly chats = new FakeChats();
  readonly blog = new FakeBlog();
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
  /** The status with which requests are refused; nothing is done then. */
  refuses: (line: string) => number | undefined = () => undefined;

  constructor(remotes: Remotes) {
    super();
    this.remotes = remotes;
  }

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
    const refused = this.refuses(line);
    const [status, answer, headers = {}] =
      refused === undefined ? this.#answer(service, asked) : [refused, { error: "no" }];
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
        return this.chats.matrix(asked);
      case "slack":
        return this.chats.slack(asked);
      case "mastodon":
        return this.chats.mastodon(asked);
      case "copr":
        return this.#copr(asked);
      case "quay":
        return this.#quay(asked);
      case "v2":
        return manifestOf(asked.path.split("/").at(-1) ?? "");
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
    if (repository === "packit.dev")
      return this.blog.answer(method, rest, query, body as Record<string, string>);
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
      return podOf(image, {
        image: `quay.io/packit/${image}:prod`,
        imageID: `quay.io/packit/${image}@${partOf(image, stack === "prod" ? this.#runs : OLD)}`,
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
