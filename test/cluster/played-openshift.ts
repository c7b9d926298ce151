import { ApiClient } from "../../cluster/api-client.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { registry } from "./own-images.ts";

const PATCH = "application/strategic-merge-patch+json";

/** An OpenShift in which a test plays the importer, and what puts images into workloads. */
export class PlayedOpenShift extends ApiClient {
  readonly posted: Anything[] = [];
  /** What an import fails with. */
  failure: string | undefined;
  /** Whether new images are put into workloads. */
  rolls = true;

  override async request<T = KubernetesObject>(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: object,
    type?: string,
  ): Promise<T> {
    if (!path.includes("/imagestreamimports")) return super.request<T>(method, path, body, type);
    // The kind's own schema, with every field that it does not know refused.
    await super.request(method, `${path}&dryRun=All`, body, type);
    this.posted.push(body);
    return (await this.#imported(body as Anything)) as T;
  }

  async #imported({ metadata: { name, namespace }, spec }: Anything): Promise<object> {
    const [{ from, to }] = spec.images;
    if (this.failure !== undefined)
      return { status: { images: [{ status: { status: "Failure", message: this.failure } }] } };
    const { platforms } = await registry.present(from.name);
    // OpenShift imports the image of its own kind of machine out of a list.
    const [digest = ""] = platforms;
    const image = `${from.name.replace(/:stg$/, "")}@${digest}`;
    const items = [
      { created: new Date().toISOString(), dockerImageReference: image, generation: 9, image: digest },
    ];
    const stream = `/apis/image.openshift.io/v1/namespaces/${namespace}/imagestreams/${name}/status`;
    const status = { tags: [{ tag: to.name, items }] };
    await super.request("PATCH", stream, { status }, "application/merge-patch+json");
    if (this.rolls) await this.#roll(namespace, `${name}:${to.name}`, image);
    return {
      status: {
        images: [{ status: { status: "Success" }, image: { metadata: { name: digest } }, tag: to.name }],
      },
    };
  }

  async #roll(namespace: string, tag: string, image: string): Promise<void> {
    for (const kind of ["Deployment", "StatefulSet"]) {
      for (const { metadata } of await this.list({ apiVersion: "apps/v1", kind }, { namespace })) {
        const triggers = JSON.parse(metadata.annotations?.["image.openshift.io/triggers"] ?? "[]");
        for (const { from, fieldPath } of triggers) {
          const [, list, container] = /spec\.(\w+)\[\?\(@\.name=="([^"]+)"\)\]/.exec(fieldPath) ?? [];
          if (from.name !== tag || list === undefined) continue;
          const spec = { template: { spec: { [list]: [{ name: container, image }] } } };
          const path = `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${metadata.name}`;
          await super.request("PATCH", `${path}?fieldManager=openshift-controller-manager`, { spec }, PATCH);
        }
      }
    }
  }
}
