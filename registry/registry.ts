import { createHash } from "node:crypto";
import { type Dispatcher, interceptors, request } from "undici";
import { z } from "zod";
import { persistently } from "../cluster/retry.ts";
import { UserError } from "../errors.ts";
import { jsonIn } from "../system/json-text.ts";
import { challengeIn } from "./challenge.ts";
import { type ImageLocation, locate } from "./image-location.ts";
import { passing, RegistryError, refused, unanswered } from "./registry-error.ts";

export interface RegistryArgs {
  /** What carries the requests, by a proxy or without one. */
  readonly dispatcher: Dispatcher;
  /** How long an answer may take, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
}

/** What a tag leads to now. */
export interface PresentImage {
  /** The digest of what the registry has under that name: an image, or a list of one for each kind of machine. */
  readonly digest: string;
  /** The digests of those in the list. A node, and OpenShift's import too, may know an image by one of these. */
  readonly platforms: readonly string[];
}

/** The kinds of lists, and those of images of one platform. */
const LISTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const IMAGES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

const DIGEST = /^sha256:[0-9a-f]{64}$|^sha384:[0-9a-f]{96}$|^sha512:[0-9a-f]{128}$/;

const List = z.object({ manifests: z.array(z.object({ digest: z.string().regex(DIGEST) })) });

/** A token as a header may hold it. */
const sendable = z.string().regex(/^[\w.~+/=-]+$/);
const Token = z.union([
  z.object({ token: sendable }).transform(({ token }) => token),
  z.object({ access_token: sendable }).transform(({ access_token }) => access_token),
]);

/**
 * Registries of container images, by the API of OCI's distribution specification, asked as anybody may: without a login,
 * by the tokens that quay.io and Docker Hub give to all. Whatever fails in passing is asked again.
 */
export class Registry {
  readonly #dispatcher: Dispatcher;
  readonly #timeoutMs: number;
  /** By registry and repository. */
  readonly #tokens = new Map<string, string>();

  constructor({ dispatcher, timeoutMs = 10_000 }: RegistryArgs) {
    this.#dispatcher = dispatcher.compose(interceptors.redirect({ maxRedirections: 3 }));
    this.#timeoutMs = timeoutMs;
  }

  /** What a reference leads to; a UserError where there is no such image, a RegistryError where nobody says it. */
  async present(reference: string): Promise<PresentImage> {
    const where = locate(reference);
    const head = await this.#manifest("HEAD", where, reference);
    const named = [head.digest, where.version].find((one) => DIGEST.test(one));
    const isList = LISTS.includes(head.type);
    if (named !== undefined && !isList) return { digest: named, platforms: [] };
    const { text, type } = await this.#manifest(
      "GET",
      { ...where, version: named ?? where.version },
      reference,
    );
    const digest = named ?? `sha256:${sha256(text)}`;
    // What has a digest can be checked, whoever has sent it.
    if (digest.startsWith("sha256:") && digest !== `sha256:${sha256(text)}`)
      throw notUnderstood(where, reference);
    if (!LISTS.includes(type)) return { digest, platforms: [] };
    const list = List.safeParse(jsonIn(text));
    if (!list.success) throw notUnderstood(where, reference);
    return { digest, platforms: list.data.manifests.map((one) => one.digest) };
  }

  async #manifest(method: "HEAD" | "GET", where: ImageLocation, reference: string) {
    const { origin, repository, version } = where;
    const { host } = new URL(origin);
    const url = new URL(`/v2/${repository}/manifests/${version}`, origin);
    const accept = [...LISTS, ...IMAGES].join(", ");
    const ask = () => {
      const token = this.#tokens.get(origin + repository);
      return this.#send(method, url, reference, {
        accept,
        ...(token && { authorization: `Bearer ${token}` }),
      });
    };
    const first = await ask();
    const answer = first.status === 401 && (await this.#log(where, reference, first)) ? await ask() : first;
    if (answer.status === 404) throw missing(reference, host, "knows no such image");
    // Those that do not say what there is say so of what there is not, too.
    if ([401, 403].includes(answer.status))
      throw missing(reference, host, "shows it to nobody without a login");
    if (answer.status !== 200) throw refused(host, reference, answer.status, answer.retryAfter);
    return answer;
  }

  /** Comes by a token as the registry says; nothing if it does not say how. */
  async #log(
    where: ImageLocation,
    reference: string,
    { challenge }: { challenge: string },
  ): Promise<boolean> {
    const { origin, repository } = where;
    const found = challengeIn(challenge);
    if (found === undefined) return false;
    const { realm, query } = found;
    if (realm.protocol !== "https:" && realm.origin !== origin) throw notUnderstood(where, reference);
    realm.search = new URLSearchParams({ scope: `repository:${repository}:pull`, ...query }).toString();
    const { status, text, retryAfter } = await this.#send("GET", realm, reference, {});
    if ([401, 403].includes(status)) return false;
    if (status !== 200) throw refused(realm.host, `a token for ${reference}`, status, retryAfter);
    const token = Token.safeParse(jsonIn(text));
    if (!token.success) throw notUnderstood(where, reference);
    this.#tokens.set(origin + repository, token.data);
    return true;
  }

  #send(method: "HEAD" | "GET", url: URL, what: string, headers: Readonly<Record<string, string>>) {
    const attempt = async () => {
      const answer = await this.#once(method, url, headers);
      const { status, retryAfter } = answer;
      if (status === 429 || status >= 500) throw refused(url.host, what, status, retryAfter);
      return answer;
    };
    return persistently(attempt, passing);
  }

  async #once(method: "HEAD" | "GET", url: URL, headers: Readonly<Record<string, string>>) {
    try {
      const signal = AbortSignal.timeout(this.#timeoutMs);
      const answer = await request(url, { dispatcher: this.#dispatcher, method, headers, signal });
      const header = (name: string) => [answer.headers[name] ?? ""].flat().join(", ");
      return {
        status: answer.statusCode,
        text: await answer.body.text(),
        type: header("content-type").split(";")[0]?.trim().toLowerCase() ?? "",
        digest: header("docker-content-digest"),
        challenge: header("www-authenticate"),
        retryAfter: Number(header("retry-after")) || 0,
      };
    } catch (error) {
      throw unanswered(url.host, error);
    }
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function missing(reference: string, host: string, why: string): UserError {
  return new UserError(
    `There is no image ${reference}, or it is not public: ${host} ${why}. Check packit:images, and whether it was built.`,
  );
}

function notUnderstood({ origin }: ImageLocation, reference: string): RegistryError {
  return new RegistryError(
    `What ${new URL(origin).host} answered for ${reference} is not what a registry answers. Check the proxies on the way.`,
  );
}
