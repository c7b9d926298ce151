import { UserError } from "../errors.ts";
import type { Comment, Conversation } from "./conversation.ts";

export interface StickyCommentArgs {
  readonly conversation: Conversation;
  /** The account that the token is of: nobody else's comment is ever changed. */
  readonly author: string;
  /** What the comment is about, a word: one comment of each topic is on a pull request. */
  readonly topic: string;
}

/** How often a comment that another run changed at the same time is looked at again. */
const TRIES = 5;

/**
 * The one comment of a topic on a pull request. It is found again by a hidden marker, edited in place, and made anew if
 * somebody has removed it. Of runs that write at the same time the newest one's text stays. (GitHub has no conditional
 * write: a run that is cut off for so long that a newer one ends meanwhile can still overwrite it. Let runs of one pull
 * request take turns.)
 */
export class StickyComment {
  readonly #conversation: Conversation;
  readonly #author: string;
  readonly #topic: string;

  constructor({ conversation, author, topic }: StickyCommentArgs) {
    this.#conversation = conversation;
    this.#author = author;
    this.#topic = topic;
  }

  /**
   * Says a text, unless a newer run has spoken.
   *
   * @param run A number that grows from run to run, as that of a workflow.
   * @returns The comment's address.
   */
  say(body: string, run: number): Promise<string> {
    // What is said may be others' words: none of them is a marker, of this topic or of another one of the account's.
    const text = `${markerOf(this.#topic, run)}\n${body.replaceAll(MARKER, "<! -")}`;
    let isSaid = false;
    return this.#write((newest) => {
      const last = newest === undefined ? -1 : this.#runOf(newest);
      if (last > run || (last === run && isSaid)) return undefined;
      isSaid = true;
      return text;
    });
  }

  /**
   * Changes what is said from what it is at that moment, and again where another run has changed it meanwhile.
   *
   * @param change Makes the new text from the former one, which is empty where there is none; done twice, it changes nothing more.
   * @param run As of {@link say}; the comment is that of the newest run that has changed it.
   * @returns The comment's address.
   */
  change(change: (former: string) => string, run: number): Promise<string> {
    return this.#write((newest) => {
      const former = newest === undefined ? "" : this.#textOf(newest);
      const text = change(former).trim();
      if (newest && text === former) return undefined;
      return `${markerOf(this.#topic, Math.max(run, newest ? this.#runOf(newest) : 0))}\n${text}`;
    });
  }

  /**
   * Writes what is to stand there, and looks again whether it does; the newest run's comment alone stays.
   *
   * @param next Makes that from the comment that is there, if one is; nothing where it is to stay as it is.
   */
  async #write(next: (newest: Comment | undefined) => string | undefined): Promise<string> {
    let url = "";
    for (let tries = 0; tries < TRIES; tries++) {
      const [newest, ...others] = await this.#own();
      for (const { id } of others) await this.#conversation.remove(id);
      const text = next(newest);
      if (text === undefined) return newest?.url ?? url;
      // There is none yet, or somebody has removed it just now.
      const said = (newest && (await this.#conversation.edit(newest.id, text))) ?? (await this.#post(text));
      url = said.url;
    }
    return url;
  }

  /** Says something new, unless nobody would find it again: a UserError tells of a token that is another account's. */
  async #post(body: string): Promise<Comment> {
    const said = await this.#conversation.post(body);
    if (said.author === this.#author) return said;
    await this.#conversation.remove(said.id);
    throw new UserError(
      `What is said with this token is by ${said.author}, and not by ${this.#author}. Name the account that the token is of.`,
    );
  }

  /** What a comment says below its marker; GitHub keeps line ends as they came. */
  #textOf({ body }: Comment): string {
    return body
      .replaceAll("\r\n", "\n")
      .replace(/^<!--.*-->\n/, "")
      .trim();
  }

  /** The comments of the topic, that of the newest run first. */
  async #own(): Promise<Comment[]> {
    const all = await this.#conversation.comments();
    const own = all.filter((one) => one.author === this.#author && this.#runOf(one) >= 0);
    return own.toSorted((a, b) => this.#runOf(b) - this.#runOf(a));
  }

  /** The run that a comment was last written by; -1 where it is not of the topic. */
  #runOf({ body }: Comment): number {
    return Number(new RegExp(`<!-- ${this.#topic} run=(\\d{1,15}) -->`).exec(body)?.[1] ?? -1);
  }
}

/** The begin of any marker. What takes its place is as long, as there may be no room for more. */
const MARKER = /<!--(?= \S+ run=\d)/g;

/** What a comment is found by; GitHub does not show it. */
export function markerOf(topic: string, run: number): string {
  return `<!-- ${topic} run=${run} -->`;
}
