import { z } from "zod";
import { type ApiClient, ApiError } from "../../cluster/api-client.ts";

/** How a cluster is made to look at a tag now, and not with its next round. */
export interface ImageImport {
  /** The digest that a stream's tag leads to in the cluster; nothing where there is no such stream. */
  imported(stream: string, tag: string): Promise<string | undefined>;
  importAgain(stream: string, tag: string): Promise<void>;
}

const API = "image.openshift.io/v1";

const imageStream = z.object({
  spec: z
    .object({
      tags: z
        .array(
          z.object({
            name: z.string(),
            from: z.object({ kind: z.string(), name: z.string() }),
            importPolicy: z.record(z.string(), z.json()).optional(),
            referencePolicy: z.record(z.string(), z.json()).optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
  status: z
    .object({
      tags: z
        .array(z.object({ tag: z.string(), items: z.array(z.object({ image: z.string() })).nullish() }))
        .default([]),
    })
    .prefault({}),
});

/** The ImageStreams of a namespace, as `oc import-image` works with them. */
export class StreamImport implements ImageImport {
  readonly #client: () => ApiClient;
  readonly #namespace: string;

  constructor(client: () => ApiClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  async imported(stream: string, tag: string): Promise<string | undefined> {
    const found = await this.#stream(stream);
    return found?.status.tags.find((one) => one.tag === tag)?.items?.[0]?.image;
  }

  async importAgain(stream: string, tag: string): Promise<void> {
    const found = await this.#stream(stream);
    const one = found?.spec.tags.find(({ name }) => name === tag);
    if (one === undefined) return;
    const { from, importPolicy, referencePolicy } = one;
    await this.#client().request(
      "POST",
      `/apis/${API}/namespaces/${encodeURIComponent(this.#namespace)}/imagestreamimports`,
      {
        apiVersion: API,
        kind: "ImageStreamImport",
        metadata: { name: stream, namespace: this.#namespace },
        // What is not said here would be set back.
        spec: { import: true, images: [{ from, to: { name: tag }, importPolicy, referencePolicy }] },
      },
    );
  }

  async #stream(name: string): Promise<z.output<typeof imageStream> | undefined> {
    const metadata = { name, namespace: this.#namespace };
    try {
      const found = await this.#client().read({ apiVersion: API, kind: "ImageStream", metadata });
      return found && imageStream.parse(found);
    } catch (error) {
      // Plain Kubernetes has none.
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}
