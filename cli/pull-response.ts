import type { Held } from "../operations/test-instances/lease.ts";
import { instancesOf, overWith } from "../operations/test-instances/pull-instances.ts";
import { KEEP_LABEL } from "../operations/test-instances/resolve.ts";
import { answer, type Desk, type Outcome, show, work } from "./comment-work.ts";
import { deskOf, failed, nothing, quietly, type Response } from "./response.ts";
import { readDeploy } from "./test-instance-deploy.ts";

/** The label of a pull request that is on test as long as it is there. */
export const LABEL = "test-instance";

/**
 * Does what the state of a pull request asks for, as GitHub has it now: a label puts it on test, and without that, or
 * once it is closed, what it alone was on test in is removed.
 */
export async function respondToPull(response: Response): Promise<Outcome> {
  const { conversation, pull } = response;
  if (!pull.isOpen)
    return remove(await deskOf(response, undefined), response, pull.isMerged ? "merged" : "closed");
  const labelling = await conversation.labelling(LABEL);
  if (labelling === undefined) return nothing(response, "the pull request never had the label");
  const isThere = pull.labels.includes(LABEL);
  if (isThere !== labelling.isThere) return nothing(response, "the label was changed since");
  const by = labelling.by ?? "a deleted account";
  if (labelling.by === undefined || !(await conversation.mayWrite(labelling.by))) {
    const why = `The label ${LABEL} counts only from accounts that may write to this repository.`;
    answer({ board: response.board, by, log: response.log }, why);
    return "done";
  }
  if (isThere) return bringUp(response, by).catch((error) => failed(response, by, error));
  const desk = await deskOf(response, by);
  // What was made since was asked for in another way.
  return remove(desk, response, "without its label", ({ created }) => created < labelling.at);
}

async function bringUp(response: Response, by: string): Promise<Outcome> {
  const desk = await deskOf(response, by);
  const { conversation, place, reference, pull } = response;
  const asked = { name: "deploy", ...readDeploy([reference], place) } as const;
  const { name } = asked.request;
  const [repository = ""] = reference.split("=");
  const own = (await instancesOf(desk.context, reference)).find((one) => one.name === name);
  if (own?.commits[repository] === pull.sha && own.state !== "failed")
    return nothing(response, `${name} is there`);
  const outcome = await work(desk, [asked]);
  if (outcome === "overtaken") return outcome;
  let isThere = true;
  await quietly(response, async () => {
    isThere = (await conversation.labelling(LABEL))?.isThere ?? true;
  });
  // It may have been taken away before there was anything to remove.
  return isThere ? outcome : remove(desk, response, "without its label", (held) => held.name === name);
}

async function remove(
  desk: Desk,
  response: Response,
  why: string,
  isMeant?: (held: Held) => boolean,
): Promise<Outcome> {
  const { reference, pull } = response;
  const isKept = pull.labels.includes(KEEP_LABEL);
  const all = await overWith(desk.context, reference, { ...(isMeant && { isMeant }), isKept });
  for (const { held, left } of all)
    if (left !== undefined)
      show(desk, held, held.state, `${reference} is ${why}, and ${held.name} is left: ${left}.`);
  const over = all.filter(({ left }) => left === undefined);
  if (all.length === 0) return nothing(response, "nothing is on test");
  return work(
    desk,
    over.map(({ held }) => ({ name: "destroy", instance: held.name, why: `${reference} is ${why}.` })),
  );
}
