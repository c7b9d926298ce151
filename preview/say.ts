import { lstatSync, readFileSync } from "node:fs";
import type { GitHubArgs } from "../github/client.ts";
import { Conversation, LONGEST_COMMENT } from "../github/conversation.ts";
import { GitHub } from "../github/github.ts";
import { inlineHtml } from "../github/markdown.ts";
import { StickyComment } from "../github/sticky-comment.ts";
import type { RunEvent } from "./run-event.ts";

export interface SayArgs {
  /** How GitHub is asked. */
  readonly github: GitHubArgs;
  /** The account of its token. */
  readonly author: string;
  readonly event: RunEvent;
  /** The file with the text of the comment: whoever made it, it is data. @default - the run has left none */
  readonly file?: string;
}

/** What a preview's comment is found by, and how many bytes it may have: its first line tells of which run it is. */
export const TOPIC = "packit-preview";
export const LONGEST_PREVIEW = LONGEST_COMMENT - 200;

/**
 * Says on the pull request of a run that its preview is being made, or what it has come to.
 *
 * @returns The comment's address; nothing where there is no such pull request, or its head is another commit by now.
 */
export async function sayPreview({ github, author, event, file }: SayArgs): Promise<string | undefined> {
  const { repository, account, branch, head } = event;
  if (account === undefined) return undefined;
  const found = await new GitHub(github).pullRequestsFrom(repository, account, branch);
  const pull = found.find(({ sha }) => sha === head);
  if (pull === undefined) return undefined;
  const conversation = new Conversation(github, repository, pull.number);
  const comment = new StickyComment({ conversation, author, topic: TOPIC });
  return comment.say(textOf(event, file), event.order);
}

function textOf({ isOver, head, url, conclusion }: RunEvent, file: string | undefined): string {
  const commit = inlineHtml(head.slice(0, 12));
  if (!isOver) return `The preview of ${commit} is being made: [its run](${url}).`;
  const text = file === undefined ? undefined : textIn(file);
  if (text !== undefined) return text;
  const how = conclusion === undefined ? "" : ` (${inlineHtml(conclusion)})`;
  return `There is no preview of ${commit}: [its run](${url}) has ended without one${how}.`;
}

/** A file's text as it is; nothing where it is no file of its own, or no comment can hold it. */
function textIn(file: string): string | undefined {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size === 0 || found.size > LONGEST_PREVIEW) return undefined;
  return readFileSync(file, "utf8");
}
