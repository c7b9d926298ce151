import { join } from "node:path";
import { knownError, UserError } from "../../errors.ts";
import { masked, PulumiFailure, pulumiFailure } from "../../system/pulumi-failure.ts";
import { pulumiPreview } from "../../system/pulumi-preview.ts";
import { runPulumi, tellsMuch } from "../../system/pulumi-run.ts";
import { type Lock, locksIn, type WorkflowTry, whyHeld } from "./lock.ts";
import { type Plan, planFrom } from "./plan.ts";

export interface DeploymentArgs {
  /** The folder of this project. */
  readonly root: string;
  readonly stack: string;
  /** The commit that is checked out there. */
  readonly commit: string;
  /** Values that are neither shown nor kept, should Pulumi say one. */
  readonly secrets: readonly string[];
}

export interface UpArgs {
  /** Hears what is done. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
  /**
   * Whether a try is one of the workflow's that deploys, and has ended.
   *
   * @default - nobody can tell: no lock is ever removed
   */
  readonly hasEnded?: ((one: WorkflowTry) => Promise<boolean>) | undefined;
}

/** A stack, and what Pulumi's CLI does to it in two steps: people agree to the plan that the first one makes. */
export class Deployment {
  readonly #args: DeploymentArgs;

  constructor(args: DeploymentArgs) {
    this.#args = args;
  }

  /** What a run would do now. */
  async plan(signal: AbortSignal): Promise<Plan> {
    const { root, stack, commit, secrets } = this.#args;
    const json = await pulumiPreview({ cwd: root, stack, signal }).catch((error) => {
      signal.throwIfAborted();
      if (knownError(error) !== undefined) throw error;
      const output = error instanceof Error ? error.message : String(error);
      throw pulumiFailure({ what: "`pulumi preview`", output, log: this.#log, secrets });
    });
    return planFrom(stack, commit, json);
  }

  /**
   * Brings the stack up. A lock that a run of the workflow has left over is removed, and no other: a UserError says
   * whose it is. Where Pulumi fails otherwise, that is an EnvironmentError.
   */
  async up(args: UpArgs): Promise<void> {
    try {
      await this.#pulumi(UP, args);
    } catch (error) {
      const locks = error instanceof PulumiFailure ? locksIn(error.said) : undefined;
      if (locks === undefined) throw error;
      const why = args.hasEnded === undefined ? NOBODY_KNOWS : await whyKept(locks, args.hasEnded);
      if (why !== undefined) throw new UserError(`${this.#args.stack} is locked: ${why}. ${BY_HAND}`);
      args.report("A run of the workflow that has ended left its lock. It is removed.");
      await this.#pulumi(["cancel", "--yes"], args);
      // What that run did before it ended is in the state, and was in the preview.
      await this.#pulumi(UP, args);
    }
  }

  get #log(): string {
    return join(this.#args.root, ".local", "logs", `pulumi-${this.#args.stack}.log`);
  }

  async #pulumi(verb: readonly string[], { report, signal }: UpArgs): Promise<void> {
    const { root: cwd, stack, secrets } = this.#args;
    const told = (line: string) => {
      if (tellsMuch(line)) report(masked(line.trim(), secrets));
    };
    const remedy = "See docs/first-stack.md.";
    await runPulumi(verb, { stack, cwd, report: told, signal, log: this.#log, secrets, remedy });
  }
}

/** Why locks are kept: GitHub may not tell whose they are. */
async function whyKept(
  locks: readonly Lock[],
  hasEnded: (one: WorkflowTry) => Promise<boolean>,
): Promise<string | undefined> {
  try {
    return await whyHeld(locks, hasEnded);
  } catch (error) {
    const known = knownError(error);
    if (known === undefined) throw error;
    return `it cannot be told whose lock it is. ${known.message.replace(/\.$/, "")}`;
  }
}

/** Neither the stack's outputs nor a link to its state, which would let everyone read it, belong into a log. */
const UP = ["up", "--yes", "--skip-preview", "--suppress-outputs", "--suppress-permalink=true"];

const NOBODY_KNOWS = "whose lock it is can be told in a run of the workflow alone";

const BY_HAND = "If nobody is at work on it: `pulumi cancel`, then once more.";
