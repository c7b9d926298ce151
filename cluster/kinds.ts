import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { ApiError } from "./api-error.ts";

/** A kind that the API server knows. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** A kind that the API server does not know. */
export class UnknownKind extends ApiError {
  constructor({ apiVersion, kind }: Pick<Resource, "apiVersion" | "kind">) {
    super(
      404,
      `the API server has no kind ${kind} in ${apiVersion}. Is packit:platform what the cluster is?`,
    );
  }
}

type Get = <T>(path: string) => Promise<T>;

/** The kinds that an API server has, asked for once. */
export class Kinds {
  readonly #get: Get;
  readonly #known = new Map<string, Promise<Resource[]>>();

  constructor(get: Get) {
    this.#get = get;
  }

  /** Where an object is, or, without its name, the objects of its kind. */
  async pathOf(object: KubernetesObject, { withName = true } = {}): Promise<string> {
    const { plural, namespaced } = await this.of(object);
    const { name, namespace } = object.metadata;
    const scope = namespaced ? `/namespaces/${encodeURIComponent(`${namespace}`)}` : "";
    return `${root(object.apiVersion)}${scope}/${plural}${withName ? `/${encodeURIComponent(name)}` : ""}`;
  }

  /** The path of all objects of a kind, in one namespace or in all. */
  async listPath(
    kind: Pick<Resource, "apiVersion" | "kind">,
    namespace: string | undefined,
  ): Promise<string> {
    const { plural, apiVersion } = await this.of(kind);
    return `${root(apiVersion)}${namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`}/${plural}`;
  }

  async of(wanted: Pick<Resource, "apiVersion" | "kind">): Promise<Resource> {
    const all = await this.#in(wanted.apiVersion).catch((error) => {
      throw error instanceof ApiError && error.status === 404 ? new UnknownKind(wanted) : error;
    });
    const found = all.find(({ kind }) => kind === wanted.kind);
    if (found === undefined) throw new UnknownKind(wanted);
    return found;
  }

  /** Every kind that can be listed and deleted. */
  async listable(): Promise<Resource[]> {
    const { groups } = await this.#get<{ groups: { preferredVersion: { groupVersion: string } }[] }>("/apis");
    const versions = ["v1", ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
    const all = await Promise.all(versions.map((version) => this.#in(version)));
    return all.flat().filter(({ verbs }) => verbs.includes("list") && verbs.includes("delete"));
  }

  #in(apiVersion: string): Promise<Resource[]> {
    const known = this.#known.get(apiVersion) ?? this.#discover(apiVersion);
    this.#known.set(apiVersion, known);
    // A group that is not served now may be so soon, once its definition is applied.
    known.catch(() => this.#known.delete(apiVersion));
    return known;
  }

  async #discover(apiVersion: string): Promise<Resource[]> {
    type Answer = { resources: { kind: string; name: string; namespaced: boolean; verbs: string[] }[] };
    const { resources } = await this.#get<Answer>(root(apiVersion));
    return resources
      .filter(({ name }) => !name.includes("/"))
      .map(({ kind, name, namespaced, verbs }) => ({ apiVersion, kind, plural: name, namespaced, verbs }));
  }
}

function root(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
