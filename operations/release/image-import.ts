import type { ApiClient } from "../../cluster/api-client.ts";
import { UnknownKind } from "../../cluster/kinds.ts";
import { askForImport, imported } from "../images/image-streams.ts";

/** How a cluster is made to look at a tag now, and not with its next round. */
export interface ImageImport {
  /** The digest that a stream's tag leads to in the cluster; nothing where there is no such stream. */
  imported(stream: string, tag: string): Promise<string | undefined>;
  importAgain(stream: string, tag: string): Promise<void>;
}

/** The ImageStreams of a namespace, as `oc import-image` works with them. */
export class StreamImport implements ImageImport {
  readonly #client: () => ApiClient;
  readonly #namespace: string;

  constructor(client: () => ApiClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  async imported(stream: string, tag: string): Promise<string | undefined> {
    const found = await this.#unlessNone(() => imported(this.#where(tag), { name: stream }));
    return found?.digest;
  }

  async importAgain(stream: string, tag: string): Promise<void> {
    await this.#unlessNone(() => askForImport(this.#where(tag), { name: stream }));
  }

  #where(tag: string) {
    return { client: this.#client(), namespace: this.#namespace, tag };
  }

  /** Plain Kubernetes has no ImageStreams. */
  async #unlessNone<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof UnknownKind) return undefined;
      throw error;
    }
  }
}
