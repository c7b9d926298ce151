import { z } from "zod";
import type { Chat } from "../chat/chat.ts";
import { EnvironmentError } from "../errors.ts";
import { HttpClient } from "../system/http.ts";
import { jsonIn } from "../system/json-text.ts";

export interface SlackArgs {
  readonly url: string;
  /** A channel's ID. */
  readonly channel: string;
  readonly token: string;
  readonly pauseMs?: number;
  readonly record?: ((line: string) => void) | undefined;
}

const said = z.object({ ok: z.boolean(), error: z.string().optional() });
const infoAnswer = z.object({ channel: z.object({ topic: z.object({ value: z.string() }) }) });

/** A channel of Slack. */
export class Slack implements Chat {
  readonly name: string;
  /** More is refused as `too_long`. */
  readonly limit = 250;
  readonly #http: HttpClient;
  readonly #channel: string;

  constructor({ channel, ...rest }: SlackArgs) {
    this.#http = new HttpClient({ service: "Slack", tokenName: "SLACK_TOKEN", ...rest });
    this.name = `Slack ${channel}`;
    this.#channel = channel;
  }

  async topic(): Promise<string> {
    const what = `the topic of ${this.#channel}`;
    const { text } = await this.#http.send(what, {
      path: "/conversations.info",
      query: { channel: this.#channel },
    });
    refuseFailed(what, text);
    const { data } = infoAnswer.safeParse(jsonIn(text));
    if (data === undefined) throw new EnvironmentError(`Slack tells no topic of ${this.#channel}.`);
    return unescaped(data.channel.topic.value);
  }

  async setTopic(topic: string): Promise<void> {
    const what = `the topic of ${this.#channel}`;
    const answer = await this.#http.write(what, {
      method: "POST",
      path: "/conversations.setTopic",
      json: { channel: this.#channel, topic },
    });
    if (answer !== undefined) refuseFailed(what, answer.text);
  }
}

/** Slack answers 200 to whatever it refuses. */
function refuseFailed(what: string, text: string): void {
  const { data } = said.safeParse(jsonIn(text));
  if (data?.ok === true) return;
  throw new EnvironmentError(
    `Slack refuses ${what}: ${data?.error ?? "what came is no answer of its API"}. Check SLACK_TOKEN and packit:release.slack.channel.`,
  );
}

/** Slack gives three characters back in another form. */
function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
