import { randomUUID } from "node:crypto";
import { EnvironmentError } from "../errors.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { type Access, type InCluster, wayTo } from "./access.ts";
import { ApiError, passing, problemOf, refusedForNow, resultOf } from "./api-error.ts";
import { Kinds, type Resource } from "./kinds.ts";
import { type Passing, persistently } from "./retry.ts";
import { type Request, Transport } from "./transport.ts";

export { ApiError } from "./api-error.ts";
export type { Resource } from "./kinds.ts";

/** Which objects of a kind are meant. */
export interface Selection {
  readonly namespace?: string;
  /** A label selector, or the labels' values. */
  readonly labels?: Readonly<Record<string, string>> | string;
}

/** The annotation by which a request whose answer was lost is known again in what it wrote. */
const REQUEST = "packit.dev/request";

/**
 * Kubernetes' API for objects of any kind. They travel as they are: the typed clients drop fields that they do not
 * know, and the API server is here to refuse those. What can be asked twice is asked again when it fails in passing;
 * what cannot is looked at first.
 */
export class ApiClient {
  readonly #transport: Transport;
  readonly #kinds: Kinds;

  /** A client for one context, which must be named: there is no default one. */
  constructor(access: Access | InCluster, transport = new Transport(wayTo(access))) {
    this.#transport = transport;
    this.#kinds = new Kinds((path) => this.#send({ method: "GET", path }, passing));
  }

  /**
   * Applies an object server-side; without `force`, not over what others own. Returns it as it is then, or, if `isDry`,
   * as it would be.
   */
  async apply(
    object: KubernetesObject,
    fieldManager: string,
    { isDry = false, force = true } = {},
  ): Promise<KubernetesObject> {
    const query = new URLSearchParams({ fieldManager, force: `${force}`, fieldValidation: "Strict" });
    if (isDry) query.set("dryRun", "All");
    const path = `${await this.#kinds.pathOf(object)}?${query}`;
    const request = { method: "PATCH", path, body: object, type: "application/apply-patch+yaml" } as const;
    return this.#send(request, (error) => passing(error) ?? conflict(error));
  }

  /** Creates an object, with every field that is unknown refused. */
  async create(object: KubernetesObject, fieldManager = "packit"): Promise<KubernetesObject> {
    const path = await this.#kinds.pathOf(object, { withName: false });
    return this.#write("POST", `${path}?fieldValidation=Strict&fieldManager=${fieldManager}`, object);
  }

  /** Fails as a creation would, as far as that is known beforehand. An object that is there already is no error. */
  async tryCreate(object: KubernetesObject): Promise<void> {
    const path = await this.#kinds.pathOf(object, { withName: false });
    const query = "?fieldValidation=Strict&dryRun=All";
    try {
      await this.#send({ method: "POST", path: path + query, body: object }, passing);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }

  /** Replaces an object as a whole; one that has a resourceVersion, only if it is still that one. */
  async replace(object: KubernetesObject): Promise<KubernetesObject> {
    return this.#write("PUT", `${await this.#kinds.pathOf(object)}?fieldValidation=Strict`, object);
  }

  /** Changes fields of an object by a JSON merge patch. */
  async patch(object: KubernetesObject, changes: object): Promise<KubernetesObject> {
    const path = await this.#kinds.pathOf(object);
    return this.#send(
      { method: "PATCH", path, body: changes, type: "application/merge-patch+json" },
      passing,
    );
  }

  /** An object as it is now, or nothing if it is not there. */
  async read(object: KubernetesObject): Promise<KubernetesObject | undefined> {
    try {
      return await this.#send({ method: "GET", path: await this.#kinds.pathOf(object) }, passing);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Deletes an object; one that is not there is no error. A workload goes once its pods are gone. Another object of the
   * same name stays: with a `uid` of its own any other one, without it what is made after this was called.
   */
  async delete(object: KubernetesObject, uid = uidOf(object)): Promise<void> {
    const known = uid ?? uidOf(await this.read(object));
    if (known === undefined) return;
    // The garbage collector learns of custom kinds late, and would keep one of those waiting.
    const propagationPolicy = object.apiVersion === "apps/v1" ? "Foreground" : "Background";
    const body = { propagationPolicy, preconditions: { uid: known } };
    try {
      await this.#send({ method: "DELETE", path: await this.#kinds.pathOf(object), body }, passing);
    } catch (error) {
      // 404: it is gone; 409: there is another one.
      if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error;
    }
  }

  /** All objects of a kind that are selected. */
  async list(
    { apiVersion, kind }: Pick<Resource, "apiVersion" | "kind">,
    { namespace, labels = {} }: Selection = {},
  ): Promise<KubernetesObject[]> {
    const pairs =
      typeof labels === "string" ? [labels] : Object.entries(labels).map((pair) => pair.join("="));
    const query = new URLSearchParams({ labelSelector: pairs.join() });
    const path = `${await this.#kinds.listPath({ apiVersion, kind }, namespace)}?${query}`;
    const { items } = await this.#send<{ items: KubernetesObject[] }>({ method: "GET", path }, passing);
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** What the API server knows of an object's kind; an UnknownKind where it knows nothing. */
  resourceOf(object: Pick<Resource, "apiVersion" | "kind">): Promise<Resource> {
    return this.#kinds.of(object);
  }

  /** Every kind that can be listed and deleted, as the API server says. */
  listableResources(): Promise<Resource[]> {
    return this.#kinds.listable();
  }

  /** What a container of a pod has said; nothing if its node cannot tell. */
  async log(
    namespace: string,
    pod: string,
    container: string,
    options: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const answer = await this.askLog(namespace, pod, container, options);
    return answer.text ?? "";
  }

  /** What a container of a pod has said, or why its node cannot tell. */
  async askLog(
    namespace: string,
    pod: string,
    container: string,
    options: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly text: string } | { readonly text?: never; readonly problem: string }> {
    const query = new URLSearchParams({ container, ...options });
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`;
    const answer = await persistently(() => this.#transport.send({ method: "GET", path }), passing);
    return answer.status < 300 ? { text: answer.text } : { problem: problemOf(`GET ${path}`, answer) };
  }

  /** The API server's own time, to a second: the clock of this machine may be wrong. */
  async now(): Promise<Date> {
    const { clock } = this.#transport;
    if (clock.now() === undefined) await this.#send({ method: "GET", path: "/version" }, passing);
    const now = clock.now();
    if (now === undefined)
      throw new EnvironmentError(
        "The API server's answers have no Date, so that what has expired cannot be told. Check the proxies on the way.",
      );
    return now;
  }

  /** A request as it is given; it is sent again only if it surely has done nothing, or would only ask. */
  request<T = KubernetesObject>(
    method: Request["method"],
    path: string,
    body?: object,
    type?: string,
  ): Promise<T> {
    return this.#send({ method, path, body, type }, method === "GET" ? passing : refusedForNow);
  }

  /** Writes an object that carries the mark of this request; one that is found to be there has been written by it. */
  #write(method: "POST" | "PUT", path: string, object: KubernetesObject): Promise<KubernetesObject> {
    const mark = randomUUID();
    const annotations = { ...object.metadata.annotations, [REQUEST]: mark };
    const body = { ...object, metadata: { ...object.metadata, annotations } };
    const own = async () => {
      const found = await this.read(object);
      return found?.metadata.annotations?.[REQUEST] === mark ? found : undefined;
    };
    let isDoubtful = false;
    const attempt = async () => {
      const written = isDoubtful ? await own() : undefined;
      if (written) return written;
      try {
        return await this.#once<KubernetesObject>({ method, path, body });
      } catch (error) {
        // What was on its way all the time may have arrived meanwhile.
        const late = isDoubtful && conflict(error) ? await own() : undefined;
        if (late) return late;
        isDoubtful ||= passing(error) !== undefined;
        throw error;
      }
    };
    return persistently(attempt, passing);
  }

  #send<T = KubernetesObject>(request: Request, why: (error: unknown) => Passing | undefined): Promise<T> {
    return persistently(() => this.#once<T>(request), why);
  }

  /** The API server gives its answers the shape of what was asked for. */
  async #once<T>(request: Request): Promise<T> {
    const what = `${request.method} ${request.path.split("?")[0]}`;
    return resultOf(what, await this.#transport.send(request)) as T;
  }
}

/** Somebody else's change of the same moment. */
function conflict(error: unknown): Passing | undefined {
  return error instanceof ApiError && error.status === 409 ? { why: "broken" } : undefined;
}

/** What tells an object from all others that have had its name. */
export function uidOf(object: KubernetesObject | undefined): string | undefined {
  return object !== undefined && "uid" in object.metadata ? String(object.metadata.uid) : undefined;
}
