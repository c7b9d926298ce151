import { knownError, UserError } from "../../errors.ts";
import type { ReleaseContext } from "./context.ts";
import { type Step, stepsLeft } from "./step.ts";
import { Stopped } from "./stopped.ts";
import { restoreTopics } from "./topics.ts";

/** A release: steps in order. What is done is what the journal says; what was begun asks the outside before it goes on. */
export class Release {
  readonly #context: ReleaseContext;
  readonly #steps: readonly Step[];

  constructor(context: ReleaseContext, steps: readonly Step[]) {
    this.#context = context;
    this.#steps = steps.filter(({ name }) => !context.choices.without.includes(name));
  }

  /** The steps that are not done. */
  get left(): readonly Step[] {
    return stepsLeft(this.#context, this.#steps);
  }

  /** Does all that is left. */
  async resume(): Promise<void> {
    for (let step = this.#next(); step !== undefined; step = this.#next()) await this.#do(step);
    this.#finish();
  }

  /** Does the next step, and no other. Returns the one after it. */
  async next(): Promise<Step | undefined> {
    const step = this.#next();
    if (step !== undefined) await this.#do(step);
    const after = this.#next();
    if (after === undefined) this.#finish();
    return after;
  }

  /** Does one step by its name; a UserError where it is not its turn. */
  async one(step: Step): Promise<void> {
    const { journal, command } = this.#context;
    const next = this.#next();
    const state = journal.step(step.name);
    if (state?.state === "done")
      throw new UserError(
        `${step.name} was done at ${state.at}: ${state.said ?? ""}. Nothing is done twice.`,
      );
    if (next !== step && !step.isAlone)
      throw new UserError(`${step.name} is not next: ${next?.name} is. To do that: ${command("next")}`);
    await this.#do(step);
    if (this.#next() === undefined) this.#finish();
  }

  /** Ends the release where it is. The topics get back what they were. */
  async abort(): Promise<void> {
    const { journal, isDry } = this.#context;
    await restoreTopics(this.#context);
    if (!isDry) journal.append({ type: "end", how: "aborted" });
  }

  #next(): Step | undefined {
    return this.left[0];
  }

  async #do(step: Step): Promise<void> {
    const { journal, say } = this.#context;
    const { name } = step;
    say(`${this.#steps.indexOf(step) + 1}. ${step.title} (${name})`);
    journal.append({ type: "step", step: name, state: "begun" });
    try {
      const reason = await step.look?.(this.#context);
      const said = reason ?? (await step.run(this.#context));
      journal.append({ type: "step", step: name, state: "done", said });
      say(`   ${said}`);
    } catch (error) {
      const message = error instanceof Stopped ? error.message : knownError(error)?.message;
      const state = error instanceof Stopped ? "waits" : "failed";
      if (message !== undefined) journal.append({ type: "step", step: name, state, said: message });
      throw error;
    }
  }

  #finish(): void {
    const { journal, isDry } = this.#context;
    if (journal.end === undefined && !isDry) journal.append({ type: "end", how: "finished" });
  }
}
