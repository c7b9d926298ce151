import { stepLines } from "../../deployment/summary.ts";
import type { ReleaseContext } from "../context.ts";
import { builtDigests, pinnedReference } from "../images.ts";
import type { Production } from "../production.ts";
import type { Step } from "../step.ts";

export const deploy: Step = {
  name: "deploy",
  title: "deploy prod where the program changed",
  async run(context) {
    const production = await context.services.production();
    if (production.policy === "pinned") {
      const built = Object.entries(builtDigests(context));
      const images = Object.fromEntries(
        built.map(([key, digest]) => [key, pinnedReference(context, key, digest)]),
      );
      const message = `Run ${Object.keys(images).join(", ")} of the release ${context.name} in prod`;
      await pin(context, production, { key: "pin images", images, message });
    }
    return apply(context, production, "pulumi up");
  },
};

/** Names images in the stack's file, once. */
export async function pin(
  context: ReleaseContext,
  production: Production,
  { key, images, message }: PinArgs,
): Promise<void> {
  const names = Object.keys(images).join(", ");
  if (names === "") return;
  const { file } = production;
  await context.effects.once({
    key,
    title: `name the digests of ${names} in ${file}, and commit that`,
    record: () => ({ images: { ...images } }),
    hasHappened: () => production.isPinned(images),
    act: async () => {
      await production.pin(images, message);
      context.say(`  Push the commit of ${file}: it is in this checkout alone.`);
    },
  });
}

export interface PinArgs {
  /** What the effect is known by. */
  readonly key: string;
  /** The references, by the images' keys. */
  readonly images: Readonly<Record<string, string>>;
  /** The commit's. */
  readonly message: string;
}

/** Shows what `pulumi up` would do, has it agreed to, and does it. */
export async function apply(context: ReleaseContext, production: Production, key: string): Promise<string> {
  const { effects, ask, say, signal, journal } = context;
  if (journal.effect(key)?.isDone) return "done";
  const plan = await production.plan(signal);
  if (plan.steps.length === 0 && journal.effect(key) === undefined) return "the program has not changed";
  for (const line of plan.steps.flatMap(stepLines)) say(`  ${line}`);
  if (plan.steps.length > 0)
    await ask.agree(
      `${key} ${plan.digest.slice(0, 12)}`,
      `Do these ${plan.steps.length} steps to ${plan.stack}?`,
    );
  await effects.once({
    key,
    title: `pulumi up of ${plan.stack}`,
    record: () => ({ commit: plan.commit, digest: plan.digest }),
    hasHappened: async () => (await production.plan(signal)).steps.length === 0,
    act: () => production.up((line) => say(`  ${line}`), signal),
  });
  return `${plan.steps.length} steps`;
}
