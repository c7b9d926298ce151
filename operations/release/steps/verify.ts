import { EnvironmentError } from "../../../errors.ts";
import type { ReleaseContext } from "../context.ts";
import type { Environment, RunningPod } from "../environment.ts";
import { builtDigests, familyOf, podNames, repositoryOf } from "../images.ts";
import { decidedMoves, movedRepositories, refuseMoved } from "../moves.ts";
import { rollBack } from "../rollback.ts";
import type { Step } from "../step.ts";
import { type Look, waitFor } from "../wait.ts";

export const verify: Step = {
  name: "verify",
  title: "see that prod runs what was released",
  async run(context) {
    if (decidedMoves(context) === undefined) return "nothing is moved";
    await refuseMoved(context);
    const prod = await context.services.prod();
    const kept = await keptImages(context);
    const families = await expected(context, kept);
    await tellSchedule(context, prod);
    const look = async (): Promise<Look<string>> => {
      const pods = await prod.pods();
      const open = [
        ...faults(pods, families, { now: context.pace.now(), namespace: prod.namespace }),
        ...(await importStuck(context, pods, families)),
        ...(await versions(context, prod, kept)),
      ];
      const ill = await prod.ill();
      if (ill !== undefined) open.push(ill);
      return open.length === 0
        ? { value: `${pods.length} pods, the API is well` }
        : { state: open.join("; ") };
    };
    try {
      return (await waitFor(context, { what: prod.stack, look })) ?? "not yet";
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      context.say(error.message);
      if (await context.ask.offer("Go back to what ran before?")) {
        await rollBack(context);
        throw new EnvironmentError(`${error.message}\nWhat ran before was gone back to.`);
      }
      throw new EnvironmentError(`${error.message}\nTo go back: ${context.command("rollback")}`);
    }
  },
};

/** Where images get in at a time of their own, it is said how they get in now. */
async function tellSchedule({ services, say }: ReleaseContext, { namespace }: Environment): Promise<void> {
  if ((await services.production()).policy !== "schedule") return;
  const job = `oc create job image-import-now --from=cronjob/image-import -n ${namespace}`;
  say(`  Images get in by packit:imageImport.schedule. To have them now: ${job}`);
}

/** An image that prod is to run, other than what its stack's file names by itself. */
interface Expected {
  readonly key: string;
  /** The names that pods know it by. */
  readonly names: readonly string[];
  /** Its digest, and those of its parts for each architecture. */
  readonly digests: readonly string[];
}

/** The images that prod's stack file names by itself, and that no release changes. */
async function keptImages(context: ReleaseContext): Promise<string[]> {
  const production = await context.services.production();
  return production.policy === "pinned" ? [] : Object.keys(production.pinned());
}

async function expected(context: ReleaseContext, kept: readonly string[]): Promise<Expected[]> {
  const built = Object.entries(builtDigests(context)).filter(([key]) => !kept.includes(key));
  return Promise.all(
    built
      .map(([key, digest]) => ({ key, digest, names: podNames(key) }))
      .filter(({ names }) => names.length > 0)
      .map(async ({ key, digest, names }) => ({
        key,
        names,
        digests: await familyOf(context, repositoryOf(key), digest),
      })),
  );
}

/** How long a pod may take to go, in milliseconds: a worker ends its task first. */
const LEAVING_MS = 20 * 60_000;

/** What is not as it is to be. */
function faults(
  pods: readonly RunningPod[],
  expected: readonly Expected[],
  { now, namespace }: { readonly now: Date; readonly namespace: string },
): string[] {
  return pods.flatMap(({ name, phase, leavesSince, containers }) => {
    if (leavesSince !== undefined) {
      if (now.getTime() - leavesSince < LEAVING_MS) return [`pod ${name} is going`];
      return [`pod ${name} does not go: oc delete pod --force -n ${namespace} -- ${name}`];
    }
    if (phase === "Failed") return [`pod ${name} has failed`];
    return containers.flatMap(({ image, digest, isReady, waits }) => {
      const wanted = expected.find(({ names }) => names.includes(image));
      if (waits !== undefined) return [`pod ${name} waits, ${waits}`];
      if (wanted !== undefined && !wanted.digests.includes(digest ?? ""))
        return [`pod ${name} runs the former ${image}`];
      return isReady ? [] : [`pod ${name} is not ready`];
    });
  });
}

const UNPULLED = ["ImagePullBackOff", "ErrImagePull"];

/** Has the cluster look again at images that it could not pull, once each. */
async function importStuck(
  context: ReleaseContext,
  pods: readonly RunningPod[],
  expected: readonly Expected[],
): Promise<string[]> {
  const stuck = pods
    .flatMap(({ containers }) => containers)
    .filter(({ waits = "" }) => UNPULLED.includes(waits));
  const images = expected.filter(({ names }) => stuck.some(({ image }) => names.includes(image)));
  if (images.length === 0) return [];
  const { tag } = context.settings.registry;
  const imports = await context.services.imports();
  for (const { names, digests } of images) {
    const [stream = ""] = names;
    await context.effects.once({
      key: `import ${stream}`,
      title: `import ${stream}:${tag} again: a pod cannot pull it`,
      record: () => ({ stream, tag, digest: digests[0] ?? "" }),
      hasHappened: async ({ digest }) => (await imports.imported(stream, tag)) === digest,
      act: () => imports.importAgain(stream, tag),
    });
  }
  return [];
}

/** Which commits the API says that it runs, other than those that were released. */
async function versions(
  context: ReleaseContext,
  prod: Environment,
  kept: readonly string[],
): Promise<string[]> {
  const moves = decidedMoves(context) ?? {};
  const built = movedRepositories(context).filter(
    ({ images }) => images.length > 0 && !images.some((key) => kept.includes(key)),
  );
  const inside = new Set(built.flatMap(({ name }) => [name, ...below(context, name)]));
  if ((await prod.ill()) !== undefined) return [];
  const commits = await prod.commits();
  return context.settings.repositories.flatMap(({ name, version }) => {
    const runs = version === undefined ? undefined : commits.get(version);
    const wanted = moves[name]?.new ?? "";
    if (runs === undefined || !inside.has(name) || wanted.startsWith(runs)) return [];
    return [`the API runs ${name} ${runs}, not ${wanted.slice(0, 7)}`];
  });
}

/** All that an image of a repository installs. */
function below({ settings }: Pick<ReleaseContext, "settings">, name: string): string[] {
  const after = settings.repositories.find((one) => one.name === name)?.after ?? [];
  return after.flatMap((one) => [one, ...below({ settings }, one)]);
}
