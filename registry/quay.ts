import { z } from "zod";
import { HttpClient } from "../system/http.ts";

export interface QuayArgs {
  readonly url: string;
  /** Whose images they are. */
  readonly account: string;
  /** Quay's token, to remove tags with. */
  readonly token?: string | undefined;
  readonly pauseMs?: number;
  readonly record?: ((line: string) => void) | undefined;
}

/** A tag of an image. */
export interface Tag {
  readonly name: string;
  readonly digest: string;
  /** When it was put there, in milliseconds since 1970. */
  readonly since: number;
}

const tagsPage = z.object({
  tags: z.array(z.object({ name: z.string(), manifest_digest: z.string(), start_ts: z.number() })),
  has_additional: z.boolean(),
});

/** Tags of images at a Quay, which its own API lists and removes. What they lead to is asked of a {@link Registry}. */
export class Quay {
  readonly #api: HttpClient;
  readonly #account: string;

  constructor({ url, account, token, pauseMs, record }: QuayArgs) {
    const common = { service: "The registry", url, ...(pauseMs !== undefined && { pauseMs }) };
    this.#api = new HttpClient({ ...common, token, tokenName: "QUAY_TOKEN", record });
    this.#account = account;
  }

  /** All tags of an image; with a prefix, those that start so. */
  async tags(image: string, prefix = ""): Promise<Tag[]> {
    const found: Tag[] = [];
    for (let page = 1; ; page++) {
      const answer = await this.#api.ask(`image ${this.#account}/${image}`, tagsPage, {
        path: `/api/v1/repository/${this.#account}/${image}/tag/`,
        query: {
          onlyActiveTags: "true",
          limit: "100",
          page: String(page),
          ...(prefix !== "" && { filter_tag_name: `like:${prefix}` }),
        },
      });
      for (const { name, manifest_digest, start_ts } of answer.tags)
        if (name.startsWith(prefix)) found.push({ name, digest: manifest_digest, since: start_ts * 1000 });
      if (!answer.has_additional || answer.tags.length === 0) return found;
    }
  }

  /** The digest that a tag leads to; nothing where there is no such tag. */
  async digest(image: string, tag: string): Promise<string | undefined> {
    return (await this.tags(image, tag)).find(({ name }) => name === tag)?.digest;
  }

  /** Removes a tag. */
  async remove(image: string, tag: string): Promise<void> {
    await this.#api.write(`removing ${image}:${tag}`, {
      method: "DELETE",
      path: `/api/v1/repository/${this.#account}/${image}/tag/${encodeURIComponent(tag)}`,
    });
  }
}
