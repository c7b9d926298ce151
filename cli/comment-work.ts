import { knownError, UserError } from "../errors.ts";
import { type Context, slotsOf } from "../operations/test-instances/context.ts";
import { deploy, plan } from "../operations/test-instances/deploy.ts";
import { destroy } from "../operations/test-instances/destroy.ts";
import { extend, heldBy } from "../operations/test-instances/extend.ts";
import { health } from "../operations/test-instances/health.ts";
import type { Held } from "../operations/test-instances/lease.ts";
import { leftOfDeploy } from "../operations/test-instances/left.ts";
import { plannedText } from "../operations/test-instances/planned.ts";
import { instancesOf } from "../operations/test-instances/pull-instances.ts";
import { showReference } from "../operations/test-instances/reference.ts";
import { LostSlot } from "../operations/test-instances/slots.ts";
import type { StatusBoard } from "../operations/test-instances/status-board.ts";
import { answerText, type Status, statusText } from "../operations/test-instances/status-text.ts";
import { inSeconds } from "../schema/duration.ts";
import { interruptible } from "../system/interruption.ts";
import type { Asked } from "./comment-request.ts";
import { builderOf } from "./test-instance-context.ts";

/** What commands of a comment are done with. */
export interface Desk {
  readonly context: Context;
  readonly board: StatusBoard;
  /** The pull request that they are said on, as `ogr=123`. */
  readonly reference: string | undefined;
  /** Who has asked, if somebody did. */
  readonly by: string | undefined;
  /** The number of this run, which grows from run to run. */
  readonly run: number;
  /** The address of this run's log. */
  readonly log: string | undefined;
}

/** How something that was asked for went; `overtaken` if somebody has asked for something else meanwhile. */
export type Outcome = "done" | "overtaken" | "failed";

/** Does what is asked, one after another, and tells how it went. */
export async function work(desk: Desk, all: readonly Asked[]): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const asked of all) outcomes.push(await workOne(desk, asked));
  return together(outcomes);
}

function together(outcomes: readonly Outcome[]): Outcome {
  return outcomes.find((one) => one === "failed") ?? outcomes.find((one) => one === "overtaken") ?? "done";
}

async function workOne(desk: Desk, asked: Asked): Promise<Outcome> {
  if (asked.name === "deploy") return asked.isDry ? dryRun(desk, asked) : bringUp(desk, asked);
  return answering(desk, async () => {
    const names = asked.instance === undefined ? await namesOf(desk) : [asked.instance];
    const outcomes: Outcome[] = [];
    for (const name of names) outcomes.push(await lookAfter(desk, asked, name));
    return together(outcomes);
  });
}

/** The instances that a pull request is on. */
async function namesOf({ context, reference }: Desk): Promise<string[]> {
  const found = reference === undefined ? [] : await instancesOf(context, reference);
  if (found.length === 0) throw new UserError(`Nothing of ${reference} is on test.`);
  return found.map(({ name }) => name);
}

type LookAfter = Exclude<Asked, { name: "deploy" }>;

async function lookAfter(desk: Desk, asked: LookAfter, name: string): Promise<Outcome> {
  const { context } = desk;
  const before = await heldBy(context, name);
  try {
    if (asked.name === "destroy") {
      show(desk, before, "being destroyed");
      await destroy(context, name);
      show(desk, before, "destroyed", asked.why);
    } else {
      await showHealth(
        desk,
        asked.name === "extend" ? await extend(context, name, inSeconds(asked.by)) : before,
      );
    }
    return "done";
  } catch (error) {
    // What was asked for has failed, and not the instance.
    show(desk, before, before.state, messageOf(error));
    report(desk, error);
    return "failed";
  }
}

type Deploy = Extract<Asked, { name: "deploy" }>;

async function bringUp(desk: Desk, asked: Deploy): Promise<Outcome> {
  const { context, board } = desk;
  const { request, waitSeconds, limitSeconds, onlyExisting } = asked;
  const { name } = request;
  const references = request.references.map(showReference);
  let latest: Held | undefined;
  const tell = (state: string, message?: string) =>
    board.show(name, text(desk, { name, state, references, held: latest, message }));
  tell("asked for");
  const onStage = (stage: string, held?: Held) => {
    latest = held;
    tell(STAGES[stage] ?? stage);
  };
  const args = { request, builder: builderOf(context), waitSeconds, limitSeconds, onlyExisting };
  try {
    const { held } = await interruptible(
      (signal) =>
        deploy(context, { ...args, supersedes: true, owner: desk.by, order: desk.run, onStage, signal }),
      async () => {
        const left = await leftOfDeploy(context, name);
        tell("stopped", left);
        await board.end();
        return left;
      },
    );
    return (await showHealth(desk, held)) ? "done" : "failed";
  } catch (error) {
    report(desk, error);
    if (!(error instanceof LostSlot)) {
      tell("failed", messageOf(error));
      return "failed";
    }
    // Where it never had a slot, there was nothing to destroy.
    const fate = latest === undefined ? "superseded" : await fateOf(context, name).catch(() => "superseded");
    tell(fate, messageOf(error));
    return "overtaken";
  }
}

const STAGES: Readonly<Record<string, string>> = {
  waiting: "waiting for a slot",
  building: "building images",
};

/** What has become of an instance whose deploy has lost its slot: another one has it, or nobody. */
async function fateOf(context: Context, name: string): Promise<string> {
  const held = (await slotsOf(context).held()).find((one) => one.name === name);
  return held === undefined || held.state === "destroying" ? "destroyed" : "superseded";
}

async function dryRun(desk: Desk, { request }: Deploy): Promise<Outcome> {
  const { context, board } = desk;
  return answering(desk, async () => {
    const { tenancy, builds } = await plan(context, { request, builder: builderOf(context), owner: desk.by });
    const [held, now] = await Promise.all([slotsOf(context).held(), context.client.now()]);
    const { pool } = context;
    const message = plannedText({ tenancy, builds, held, pool, now, ttlSeconds: request.ttlSeconds });
    const { by, log } = desk;
    board.show("", answerText("What a deploy would do", { by, log, message }));
    return "done";
  });
}

/** Tells of what fails as an answer that is of no instance. */
async function answering(desk: Desk, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    answer(desk, messageOf(error));
    report(desk, error);
    return "failed";
  }
}

/** Tells why nothing is done. */
export function answer(desk: Pick<Desk, "board" | "by" | "log">, message: string): void {
  const { board, by, log } = desk;
  board.show("", answerText("Nothing is done", { by, log, message }));
}

/** Tells how an instance is. Returns whether its API is well, as far as that can be said from here. */
async function showHealth(desk: Desk, held: Held): Promise<boolean> {
  const { healthz, isIll } =
    held.state === "up" ? await health(held.url) : { healthz: undefined, isIll: false };
  show(
    desk,
    held,
    isIll ? "up, and its API answers with a failure" : held.state,
    healthz && `API: ${healthz}`,
  );
  return !isIll;
}

/** Tells how an instance is. */
export function show(desk: Desk, held: Held, state: string, message?: string): void {
  const { name, references } = held;
  desk.board.show(name, text(desk, { name, state, references, held, message }));
}

function text({ context, by, log }: Desk, status: Status): string {
  return statusText({ by, log, ...status }, context.pool);
}

/** A failure for whoever has asked; what nobody has foreseen is for the log alone. */
export function messageOf(error: unknown): string {
  return knownError(error)?.message ?? "This is a bug in this project. The log has the rest.";
}

function report({ context }: Desk, error: unknown): void {
  context.report(knownError(error)?.message ?? String(error instanceof Error ? error.stack : error));
}
