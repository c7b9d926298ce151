import { readFileSync } from "node:fs";
import { Agent, type RequestOptions, request } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { type Access, type InCluster, kubeConfig } from "./access.ts";
import { until } from "./until.ts";

/** Too many requests, and a kind whose storage is not ready yet: the same request goes through a moment later. */
const BUSY = [429, 503];

/** How long an answer may take. */
const TIMEOUT_MS = 30_000;

/** An answer of the API server that is not a success. */
export class ApiError extends EnvironmentError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A kind that the API server knows. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** Which objects of a kind are meant. */
export interface Selection {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Kubernetes' API for objects of any kind. They travel as they are: the typed clients drop fields that they do not
 * know, and the API server is here to refuse those.
 */
export class ApiClient {
  readonly #config: KubeConfig;
  readonly #agent: Agent;
  readonly #resources = new Map<string, Promise<Resource[]>>();

  /** A client for one context, which must be named: there is no default one. */
  constructor(access: Access | InCluster) {
    this.#config = kubeConfig(access);
    const { caData, caFile, skipTLSVerify } = this.#config.getCurrentCluster() ?? {};
    const ca = caData ? { ca: Buffer.from(caData, "base64") } : caFile ? { ca: readFileSync(caFile) } : {};
    this.#agent = new Agent({ keepAlive: true, maxSockets: 24, rejectUnauthorized: !skipTLSVerify, ...ca });
  }

  /** Applies an object server-side. Returns it as it is then. */
  async apply(object: KubernetesObject, fieldManager: string): Promise<KubernetesObject> {
    const query = new URLSearchParams({ fieldManager, force: "true", fieldValidation: "Strict" });
    const path = `${await this.#pathOf(object)}?${query}`;
    return this.request("PATCH", path, object, "application/apply-patch+yaml");
  }

  /** Creates an object, with every field that is unknown refused. */
  async create(object: KubernetesObject, fieldManager = "packit"): Promise<KubernetesObject> {
    const path = await this.#pathOf(object, false);
    return this.request("POST", `${path}?fieldValidation=Strict&fieldManager=${fieldManager}`, object);
  }

  /** Replaces an object as a whole; one that has a resourceVersion, only if it is still that one. */
  async replace(object: KubernetesObject): Promise<KubernetesObject> {
    return this.request("PUT", `${await this.#pathOf(object)}?fieldValidation=Strict`, object);
  }

  /** An object as it is now, or nothing if it is not there. */
  async read(object: KubernetesObject): Promise<KubernetesObject | undefined> {
    try {
      return await this.request("GET", await this.#pathOf(object));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Deletes an object; one that is not there is no error. A workload goes once its pods are gone. With a `uid`, another
   * object of the same name stays.
   */
  async delete(object: KubernetesObject, uid?: string): Promise<void> {
    // The garbage collector learns of custom kinds late, and would keep one of those waiting.
    const propagationPolicy = object.apiVersion === "apps/v1" ? "Foreground" : "Background";
    try {
      const preconditions = uid === undefined ? {} : { preconditions: { uid } };
      await this.request("DELETE", await this.#pathOf(object), { propagationPolicy, ...preconditions });
    } catch (error) {
      const isAnother = uid !== undefined && error instanceof ApiError && error.status === 409;
      if (!isAnother && !(error instanceof ApiError && error.status === 404)) throw error;
    }
  }

  /** All objects of a kind that are selected. */
  async list(
    resource: Pick<Resource, "apiVersion" | "kind">,
    { namespace, labels }: Selection = {},
  ): Promise<KubernetesObject[]> {
    const { plural, apiVersion, kind } = await this.#resource(resource);
    const selector = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
    const query = new URLSearchParams({ labelSelector: selector.join() });
    const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
    const answer = await this.request<{ items: KubernetesObject[] }>(
      "GET",
      `${root(apiVersion)}${scope}/${plural}?${query}`,
    );
    return answer.items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Every kind that can be listed and deleted, as the API server says. */
  async listableResources(): Promise<Resource[]> {
    const { groups } = await this.request<{ groups: { preferredVersion: { groupVersion: string } }[] }>(
      "GET",
      "/apis",
    );
    const versions = ["v1", ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
    const all = await Promise.all(versions.map((version) => this.#resourcesOf(version)));
    return all.flat().filter(({ verbs }) => verbs.includes("list") && verbs.includes("delete"));
  }

  /** What a container of a pod has said; nothing if its node cannot tell. */
  async log(namespace: string, pod: string, container: string): Promise<string> {
    const answer = await this.askLog(namespace, pod, container);
    return answer.text ?? "";
  }

  /** What a container of a pod has said, or why its node cannot tell. */
  async askLog(
    namespace: string,
    pod: string,
    container: string,
  ): Promise<{ readonly text: string } | { readonly text?: never; readonly problem: string }> {
    try {
      const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container}`;
      return { text: await this.#text("GET", path) };
    } catch (error) {
      if (error instanceof ApiError) return { problem: error.message };
      throw error;
    }
  }

  async request<T = KubernetesObject>(
    method: string,
    path: string,
    body?: object,
    type?: string,
  ): Promise<T> {
    return JSON.parse(await this.#text(method, path, body, type));
  }

  async #text(method: string, path: string, body?: object, type = "application/json"): Promise<string> {
    const json = body === undefined ? "" : JSON.stringify(body);
    // Without its length, the body of a DELETE would be taken for the connection's next request.
    const headers = {
      accept: "application/json, */*",
      "content-type": type,
      "content-length": Buffer.byteLength(json),
    };
    const options: RequestOptions = { method, headers };
    await this.#config.applyToHTTPSOptions(options);
    options.agent = this.#agent;
    const url = `${this.#config.getCurrentCluster()?.server}${path}`;
    const { status, text } = await until(
      async () => {
        const answer = await send(url, options, json);
        return BUSY.includes(answer.status) ? false : answer;
      },
      { what: `the API server to be less busy with ${method} ${path}`, limitSeconds: 30 },
    );
    if (status >= 300)
      throw new ApiError(status, messageOf(text) ?? `${method} ${path} was answered with ${status}`);
    return text;
  }

  async #pathOf(object: KubernetesObject, withName = true): Promise<string> {
    const { plural, namespaced } = await this.#resource(object);
    const scope = namespaced ? `/namespaces/${object.metadata.namespace}` : "";
    return `${root(object.apiVersion)}${scope}/${plural}${withName ? `/${object.metadata.name}` : ""}`;
  }

  async #resource({ apiVersion, kind }: Pick<Resource, "apiVersion" | "kind">): Promise<Resource> {
    const found = (await this.#resourcesOf(apiVersion)).find((resource) => resource.kind === kind);
    if (found === undefined) throw new ApiError(404, `the API server has no kind ${kind} in ${apiVersion}`);
    return found;
  }

  #resourcesOf(apiVersion: string): Promise<Resource[]> {
    const known = this.#resources.get(apiVersion) ?? this.#discover(apiVersion);
    this.#resources.set(apiVersion, known);
    // A group that is not served now may be so soon, once its definition is applied.
    known.catch(() => this.#resources.delete(apiVersion));
    return known;
  }

  async #discover(apiVersion: string): Promise<Resource[]> {
    type Answer = { resources: { kind: string; name: string; namespaced: boolean; verbs: string[] }[] };
    const { resources } = await this.request<Answer>("GET", root(apiVersion));
    return resources
      .filter(({ name }) => !name.includes("/"))
      .map(({ kind, name, namespaced, verbs }) => ({ apiVersion, kind, plural: name, namespaced, verbs }));
  }
}

/** What the API server says of a failure: a Status, or, from the parts that know nothing of Kubernetes, bare text. */
function messageOf(text: string): string | undefined {
  try {
    return JSON.parse(text).message;
  } catch {
    return text.trim() || undefined;
  }
}

function root(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function send(url: string, options: RequestOptions, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const fail = ({ message }: Error) =>
      reject(
        new EnvironmentError(`The API server at ${new URL(url).origin} cannot be reached (${message}).`),
      );
    const outgoing = request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk) => chunks.push(chunk));
      incoming.on("error", fail);
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.setTimeout(TIMEOUT_MS, () =>
      outgoing.destroy(new Error(`no answer for ${TIMEOUT_MS / 1000} s`)),
    );
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}
