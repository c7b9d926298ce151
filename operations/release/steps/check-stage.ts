import type { ReleaseContext } from "../context.ts";
import type { Environment } from "../environment.ts";
import type { Step } from "../step.ts";

export const checkStage: Step = {
  name: "check-stage",
  title: "look at stage",
  isAlone: true,
  async run(context) {
    const stage = await context.services.stage();
    const found = await findings(context, stage);
    if (found.length === 0) return "well";
    const lines = found.map((line) => `  ${line}`);
    if (context.isDry) {
      for (const line of lines) context.say(line);
      return "not well";
    }
    await context.ask.accept("stage", [`${stage.stack} is not well:`, ...lines, "Go on anyway?"].join("\n"));
    return `${found.length} findings, accepted`;
  },
};

async function findings(context: ReleaseContext, stage: Environment): Promise<string[]> {
  const ill = await stage.ill();
  const old = ill === undefined ? await behind(context, stage) : [];
  return [...(ill === undefined ? [] : [ill]), ...old, ...(await sick(stage, context.pace.now()))];
}

/** What it runs of another commit than the one at the head of main. */
async function behind({ settings, services }: ReleaseContext, stage: Environment): Promise<string[]> {
  const commits = await stage.commits();
  const found = await Promise.all(
    settings.repositories.map(async (one) => {
      const runs = one.version === undefined ? undefined : commits.get(one.version);
      if (runs === undefined) return [];
      const head = await services.clone(one).remoteHead(settings.from);
      return head?.startsWith(runs)
        ? []
        : [`${one.name}: runs ${runs}, and ${settings.from} is at ${head?.slice(0, 7)}`];
    }),
  );
  return found.flat();
}

/** For how long it is told that a container was started again, in milliseconds. */
const RECENT_MS = 86_400_000;

/** The pods that failed, that do not start, and that were started again lately. */
async function sick(stage: Environment, now: Date): Promise<string[]> {
  const pods = await stage.pods();
  return pods.flatMap(({ name, phase, containers }) => [
    ...(phase === "Failed" ? [`pod ${name} has failed`] : []),
    ...containers.flatMap(({ image, waits, restarts, ended, endedAt = now.getTime() }) => [
      ...(waits ? [`pod ${name}, ${image}: ${waits}`] : []),
      ...(restarts > 0 && now.getTime() - endedAt < RECENT_MS
        ? [`pod ${name}, ${image}: started again ${restarts} times (${ended ?? "unknown"})`]
        : []),
    ]),
  ]);
}
