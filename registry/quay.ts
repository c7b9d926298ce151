import { z } from "zod";
import { EnvironmentError } from "../errors.ts";
import { HttpClient } from "../system/http.ts";
import { jsonIn } from "../system/json-text.ts";

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

const token = z.object({ token: z.string() });

const index = z.object({ manifests: z.array(z.object({ digest: z.string() })).optional() });

/** What a manifest may be: an image, or a list of images for several architectures. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Images at a Quay: manifests by the OCI distribution API, tags by Quay's own. */
export class Quay {
  readonly #api: HttpClient;
  readonly #content: HttpClient;
  readonly #account: string;

  constructor({ url, account, token, pauseMs, record }: QuayArgs) {
    const common = { service: "The registry", url, ...(pauseMs !== undefined && { pauseMs }) };
    this.#api = new HttpClient({ ...common, token, tokenName: "QUAY_TOKEN", record });
    // Quay's token is none of the distribution API's.
    this.#content = new HttpClient({ ...common, tokenName: "QUAY_TOKEN" });
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
    const { status, headers } = await this.#manifest("HEAD", image, tag);
    if (status === 404) return undefined;
    const digest = headers.get("docker-content-digest");
    if (digest) return digest;
    throw new EnvironmentError(`The registry does not tell the digest of ${image}:${tag}. Try again later.`);
  }

  /** A digest, and those of the images for each architecture that it lists: nodes report either. */
  async family(image: string, digest: string): Promise<string[]> {
    const { status, text } = await this.#manifest("GET", image, digest);
    if (status === 404) return [digest];
    const { manifests = [] } = index.safeParse(jsonIn(text)).data ?? {};
    return [digest, ...manifests.map((one) => one.digest)];
  }

  /** Removes a tag. */
  async remove(image: string, tag: string): Promise<void> {
    await this.#api.write(`removing ${image}:${tag}`, {
      method: "DELETE",
      path: `/api/v1/repository/${this.#account}/${image}/tag/${encodeURIComponent(tag)}`,
    });
  }

  async #manifest(method: "HEAD" | "GET", image: string, reference: string) {
    const name = `${this.#account}/${image}`;
    const path = `/v2/${name}/manifests/${encodeURIComponent(reference)}`;
    // Everybody may read public images, with a token that everybody gets.
    const { token: anyone } = await this.#content.ask(`a token to read ${name}`, token, {
      path: "/v2/auth",
      query: { service: "quay.io", scope: `repository:${name}:pull` },
    });
    return this.#content.send(`${name}:${reference}`, {
      method,
      path,
      headers: { accept: MANIFESTS, authorization: `Bearer ${anyone}` },
    });
  }
}
