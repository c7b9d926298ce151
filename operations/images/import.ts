import { liveImage } from "../../cluster/followed-images.ts";
import { API as API_IMAGE } from "../../components/service/settings.ts";
import { UserError } from "../../errors.ts";
import { followed } from "../../platform/image-triggers.ts";
import { describe, type KubernetesObject } from "../../render/kubernetes-object.ts";
import { imported, importStream } from "./image-streams.ts";
import { isOf, livePods, podImages } from "./pods.ts";
import { restart, restartedFor } from "./restart.ts";
import { type Rolled, type RolloutArgs, waitForRollout } from "./rollout.ts";
import type { StackImage } from "./stack-images.ts";
import { isIn, type StatusArgs } from "./status.ts";
import { namedStuck, remake } from "./stuck.ts";

export interface ImportArgs extends StatusArgs, RolloutArgs {
  /** The pods that are to be made anew as they are stuck. */
  readonly restartStuck: readonly string[];
  /** Whether it is only said what would be done. */
  readonly isDry: boolean;
}

/** What an import brings. */
export interface Import {
  readonly name: string;
  /** What was there before, where that is known. */
  readonly from?: string;
  readonly to: string;
  /** The workloads whose pods are replaced for it. */
  readonly rolled: readonly string[];
}

/**
 * Imports images now, and waits until they run. The API's comes first, and the others once it runs: it migrates the
 * database. Where that fails, the others are left as they are; one of these that fails keeps none of them back.
 */
export async function importImages(args: ImportArgs): Promise<Import[]> {
  const { client, namespace, images, restartStuck: named, isDry, report } = args;
  const stuck = new Set(await namedStuck(client, namespace, { images, named }));
  const first = images.filter(({ name }) => name === API_IMAGE);
  const outcome: Import[] = [];
  for (const phase of [first, images.filter((one) => !first.includes(one))]) {
    const tried = await Promise.allSettled(phase.map((image) => (isDry ? dry : bringIn)(args, image)));
    const brought = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    outcome.push(...brought.map((one) => one.outcome));
    if (!isDry) {
      for (const one of [...stuck].filter(({ pod }) => phase.some((image) => isOf(image, pod)))) {
        report(`${one.pod.metadata.name} is made anew: ${one.reason}`);
        await remake(client, one);
        stuck.delete(one);
      }
      await waitForRollout(
        args,
        brought.flatMap(({ waits }) => waits),
      );
    }
    const failed = tried.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    if (failed.length > 0) throw new AggregateError(failed);
  }
  return outcome;
}

interface Brought {
  readonly outcome: Import;
  /** What must run before all is done. */
  readonly waits: readonly Rolled[];
}

/** What would be done, as far as it is known before. */
async function dry(args: ImportArgs, image: StackImage): Promise<Brought> {
  const present = await args.registry.present(image.reference);
  const stream = image.way === "stream" ? await imported(args, image) : undefined;
  const old = stream ? (isIn(stream.digest, present) ? [] : image.workloads) : await outdated(args, image);
  const rolled = old.map(describe);
  return {
    outcome: { name: image.name, ...(stream?.digest && { from: stream.digest }), to: present.digest, rolled },
    waits: [],
  };
}

async function bringIn(args: ImportArgs, image: StackImage): Promise<Brought> {
  return image.way === "stream" ? byStream(args, image) : byRestart(args, image);
}

/** OpenShift imports it, and puts it into whatever follows it. */
async function byStream(args: ImportArgs, image: StackImage): Promise<Brought> {
  const { name, workloads } = image;
  const former = await imported(args, image);
  const to = await importStream(args, image);
  args.report(`${name} is imported: ${to}`);
  const lacks = (live: KubernetesObject) => {
    const own = followed(live.metadata).filter(({ reference }) => reference === `${name}:${args.tag}`);
    const isThere = own.every((one) => liveImage(live, one)?.endsWith(`@${to}`));
    return isThere ? undefined : `OpenShift has not put ${name} in yet`;
  };
  const rolled = former?.digest === to ? [] : workloads.map(describe);
  return {
    outcome: { name, ...(former?.digest && { from: former.digest }), to, rolled },
    waits: workloads.map((object) => ({ object, lacks })),
  };
}

/** The pods of whatever runs another one are replaced: each new one pulls it. */
async function byRestart(args: ImportArgs, image: StackImage): Promise<Brought> {
  const { client, report } = args;
  const { name, workloads } = image;
  const { digest } = await args.registry.present(image.reference);
  const old = await outdated(args, image);
  for (const object of old) {
    const live = await client.read(object);
    if (live === undefined)
      throw new UserError(`There is no ${describe(object)} yet. Bring the stack up first.`);
    report(`${describe(object)}: its pods are replaced for ${digest}`);
    await restart({ client, live, name, digest });
  }
  const lacks = (live: KubernetesObject) =>
    restartedFor(live, name) === digest ? undefined : "its pods are not replaced yet";
  return {
    outcome: { name, to: digest, rolled: old.map(describe) },
    waits: workloads.map((object) => ({ object, lacks: old.includes(object) ? lacks : () => undefined })),
  };
}

/** The workloads of which a pod does not run what the tag leads to now, or does not say what it runs. */
async function outdated({ client, registry, namespace }: ImportArgs, image: StackImage) {
  const [present, pods, now] = await Promise.all([
    registry.present(image.reference),
    livePods(client, namespace),
    client.now(),
  ]);
  return image.workloads.filter((object) => {
    const { matchLabels } = (
      object.spec as { readonly selector: { readonly matchLabels: { component?: string } } }
    ).selector;
    const containers = image.containers.filter(({ component }) => component === matchLabels.component);
    return podImages({ containers }, pods, now).some(({ digest }) => !isIn(digest, present));
  });
}
