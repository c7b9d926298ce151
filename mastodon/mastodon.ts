import { z } from "zod";
import { type HttpArgs, HttpClient } from "../system/http.ts";
import { jsonIn } from "../system/json-text.ts";

const account = z.object({ id: z.string() });
const statuses = z.array(z.object({ id: z.string(), url: z.string().nullish(), created_at: z.string() }));
const source = z.object({ text: z.string() });
const posted = z.object({ url: z.string().nullish() });

export type MastodonArgs = Pick<HttpArgs, "url" | "pauseMs" | "record"> & { readonly token: string };

/** An account at Mastodon. */
export class Mastodon {
  readonly #http: HttpClient;
  #account: string | undefined;

  constructor(args: MastodonArgs) {
    this.#http = new HttpClient({ service: "Mastodon", tokenName: "MASTODON_TOKEN", ...args });
  }

  /** The address of the account's own post of that very text, if there is one from a time on. */
  async find(text: string, since: Date): Promise<string | undefined> {
    this.#account ??= (
      await this.#http.ask("the account", account, { path: "/api/v1/accounts/verify_credentials" })
    ).id;
    const all = await this.#http.ask("the account's posts", statuses, {
      path: `/api/v1/accounts/${encodeURIComponent(this.#account)}/statuses`,
      query: { limit: "40", exclude_reblogs: "true" },
    });
    // The clocks of two machines are never the same.
    const recent = all.filter(({ created_at }) => Date.parse(created_at) > since.getTime() - SKEW_MS);
    for (const { id, url } of recent) {
      // A post itself is HTML; its source is what was written.
      const path = `/api/v1/statuses/${encodeURIComponent(id)}/source`;
      const found = await this.#http.askForGone("a post's source", source, { path });
      if (found?.text.trim() === text.trim()) return url ?? id;
    }
    return undefined;
  }

  /**
   * Posts a text.
   *
   * @param key Of posts with the same key within an hour, the server makes one.
   */
  async post(text: string, key: string): Promise<string> {
    const answer = await this.#http.write("a post", {
      method: "POST",
      path: "/api/v1/statuses",
      json: { status: text, visibility: "public" },
      idempotencyKey: key,
    });
    return posted.safeParse(jsonIn(answer?.text ?? "")).data?.url ?? "";
  }
}

const SKEW_MS = 5 * 60_000;
