import { UserError } from "../errors.ts";
import type { Reaction, WholeComment } from "../github/conversation.ts";
import { inline } from "../github/markdown.ts";
import { printable } from "../operations/test-instances/plain-objects.ts";
import { commandLines } from "./comment-lines.ts";
import { type Asked, askedIn } from "./comment-request.ts";
import { answer, type Outcome, work } from "./comment-work.ts";
import { deskOf, failed, nothing, quietly, type Response } from "./response.ts";

/** What is put to a comment at the end. */
const ANSWERS: Readonly<Record<Outcome, Reaction>> = {
  done: "rocket",
  overtaken: "confused",
  failed: "confused",
};

/**
 * Does what a comment asks for. All that is known of it is asked of GitHub, whatever has told of it. Nothing is done for
 * programs' comments, for edited ones, and for those that have been answered.
 */
export async function respondToComment(response: Response, id: number): Promise<Outcome> {
  const { conversation, account } = response;
  const comment = await conversation.comment(id);
  if (comment === undefined) return nothing(response, "the comment is gone");
  if (comment.place.toLowerCase() !== conversation.name.toLowerCase())
    throw new UserError(`Comment ${id} is on ${comment.place}, and not on ${conversation.name}.`);
  const { author, isBots, isEdited, body } = comment;
  if (isBots || author === undefined || author === account)
    return nothing(response, "no person wrote the comment");
  if (isEdited) return nothing(response, "the comment was edited; say it in a new one");
  if (commandLines(body).length === 0) return nothing(response, "the comment has no command");
  if (await conversation.hasReaction(id, account, Object.values(ANSWERS)))
    return nothing(response, "the comment has been answered; say it in a new one");
  await quietly(response, () => conversation.react(id, "eyes"));
  if (!(await conversation.mayWrite(author))) {
    await quietly(response, () => refuse(response, comment, author));
    return "done";
  }
  const outcome = await workFor(response, author, body).catch((error) => failed(response, author, error));
  // All that is said is there before it is.
  await response.board.end();
  await quietly(response, () => conversation.react(id, ANSWERS[outcome]));
  return outcome;
}

async function workFor(response: Response, author: string, body: string): Promise<Outcome> {
  const { board, log, place, reference, report } = response;
  let asked: readonly Asked[];
  try {
    asked = await askedIn(body, place, reference);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report(printable(error.message));
    answer({ board, by: author, log }, error.message);
    return "failed";
  }
  return work(await deskOf(response, author), asked);
}

/** Says to whom may not ask for anything that this is so: once on a pull request, however often he asks. */
async function refuse(
  { conversation, account }: Response,
  { id }: WholeComment,
  author: string,
): Promise<void> {
  const marker = `<!-- test-instance-answer to=${author} -->`;
  const all = await conversation.comments();
  if (!all.some((one) => one.author === account && one.body.startsWith(marker)))
    await conversation.post(
      `${marker}\nThank you. Test instances run with accounts of this project, so that only who may write to this repository can ask for one, and ${inline(author)} may not. Somebody who may can say the same in a comment.`,
    );
  await conversation.react(id, "confused");
}
