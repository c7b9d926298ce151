import { UserError } from "../../errors.ts";
import type { ReleaseContext } from "./context.ts";
import type { Step } from "./step.ts";
import { refuseUnmovable } from "./steps/move-stable.ts";

/** Says all that would stop a release in its middle, before it does anything. */
export async function refuseUnready(context: ReleaseContext, steps: readonly Step[]): Promise<void> {
  const left = steps.filter(({ name }) => !context.choices.without.includes(name));
  const has = (name: string) => left.some((step) => step.name === name);
  refuseMissingTokens(context, left);
  if (has("deploy")) await refuseDirt(context);
  if (has("move-stable")) await refuseUnmovable(context);
}

/** Refuses to begin where a step that is left would lack its token. */
export function refuseMissingTokens(context: ReleaseContext, steps: readonly Step[]): void {
  // What is only said needs none.
  if (context.isDry) return;
  const lines = steps.flatMap((step) => {
    const missing = (step.tokens?.(context) ?? []).filter((name) => !context.tokens.includes(name));
    return missing.map(
      (name) => `${step.name} needs ${name}, which is not set. Set it, or: --without ${step.name}`,
    );
  });
  if (lines.length > 0) throw new UserError(lines.join("\n"));
}

async function refuseDirt({ services }: ReleaseContext): Promise<void> {
  const dirt = await services.dirt();
  if (dirt.length > 0)
    throw new UserError(
      [
        "This checkout has changes that are not committed, and prod would be deployed with them:",
        ...dirt.map((line) => `  ${line}`),
        "Commit or stash them, or: --without deploy",
      ].join("\n"),
    );
}
