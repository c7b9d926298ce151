import { UserError } from "../../errors.ts";
import type { Plan, PlannedStep } from "./plan.ts";
import { shortUrn, stepLines } from "./summary.ts";

/**
 * Refuses to go on where a run would do anything else than what was agreed to: at another commit, with other steps, or
 * from or to other values. The error says what differs. Of secrets only whether they change is compared.
 */
export function refuseOther(agreed: Plan, now: Plan): void {
  if (agreed.stack !== now.stack)
    throw new UserError(
      `The plan is of ${agreed.stack}, not of ${now.stack}. Name the stack that was agreed to.`,
    );
  if (agreed.commit !== now.commit)
    throw new UserError(
      `The plan is of commit ${agreed.commit}; this checkout is at ${now.commit}. Check that commit out, or preview anew.`,
    );
  if (agreed.digest === now.digest) return;
  const lines = differences(agreed.steps, now.steps);
  throw new UserError(
    [
      `${now.stack} has changed since it was previewed: this is not what was agreed to, and nothing is done.`,
      ...lines.map((line) => `  ${line}`),
      "Preview it anew, and have that agreed to.",
    ].join("\n"),
  );
}

function differences(agreed: readonly PlannedStep[], now: readonly PlannedStep[]): string[] {
  const find = (all: readonly PlannedStep[], { urn, op }: PlannedStep) =>
    all.find((one) => one.urn === urn && one.op === op);
  const titled = (title: string, step: PlannedStep) => `${title}: ${stepLines(step)[0]?.slice(2)}`;
  return [
    ...agreed.filter((step) => !find(now, step)).map((step) => titled("no longer", step)),
    ...now.flatMap((step) => {
      const before = find(agreed, step);
      return before === undefined ? [titled("now as well", step)] : changed(before, step);
    }),
  ];
}

function changed(before: PlannedStep, step: PlannedStep): string[] {
  if (JSON.stringify(before) === JSON.stringify(step)) return [];
  const [old, own] = [stepLines(before), stepLines(step)];
  const lines = [
    ...old.filter((line) => !own.includes(line)).map((line) => `  agreed ${line.trim()}`),
    ...own.filter((line) => !old.includes(line)).map((line) => `  now    ${line.trim()}`),
  ];
  const values =
    before.before === step.before ? "the values that it ends with" : "the values that it begins with";
  return [`otherwise: ${step.op} ${shortUrn(step.urn)}`, ...(lines.length > 0 ? lines : [`  in ${values}`])];
}
