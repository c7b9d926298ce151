import type { Stream } from "../../components/images.ts";
import type { Settings } from "../../components/settings.ts";
import { streamsOf } from "../../components/streams.ts";
import { UserError } from "../../errors.ts";
import { platformOf } from "../../platform/platform.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { isDigest } from "../../schema/image-reference.ts";
import { nearest } from "../../settings/violation.ts";

/** An image of a stack, and who runs it. */
export interface StackImage extends Stream {
  /** How new ones get in: an ImageStream's tag is imported; pods pull a tag anew; or never, by themselves. */
  readonly way: "stream" | "pull" | "never";
  /** The containers that run it, by the label `component` of their pods. */
  readonly containers: readonly { readonly component: string; readonly name: string }[];
  /** The Deployments and StatefulSets that must be rolled for a new one, as they are declared. */
  readonly workloads: readonly KubernetesObject[];
}

interface Container {
  readonly name: string;
  readonly image?: string;
}

interface Template {
  readonly metadata: { readonly labels?: { readonly component?: string } };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
}

/** The images that a stack's settings name, with those of its objects that run each. */
export function stackImages(settings: Settings, objects: readonly KubernetesObject[]): StackImage[] {
  const { imageStreams } = platformOf(settings);
  return streamsOf(settings).map((stream) => {
    const { name, reference, isOwn } = stream;
    const isPinned = isDigest(reference);
    const declared = imageStreams && !isPinned ? `${name}:${settings.deployment}` : reference;
    const runs = ({ image }: Container) => image === declared;
    const users = objects.flatMap((object) => {
      const { metadata, spec } = templateOf(object) ?? NO_TEMPLATE;
      const own = [...spec.containers, ...(spec.initContainers ?? [])].filter(runs);
      return own.length === 0 ? [] : [{ object, component: metadata.labels?.component ?? "", own }];
    });
    return {
      ...stream,
      // Images of others are pulled once a node.
      way: isPinned ? "never" : imageStreams ? "stream" : isOwn ? "pull" : "never",
      containers: users.flatMap(({ component, own }) => own.map(({ name }) => ({ component, name }))),
      workloads: users.flatMap(({ object }) =>
        ["Deployment", "StatefulSet"].includes(object.kind) ? [object] : [],
      ),
    };
  });
}

/** The images that are to be imported: those that are named, else Packit's own that are not pinned. */
export function chosenImages(all: readonly StackImage[], named: readonly string[]): StackImage[] {
  const unknown = named.filter((name) => !all.some((one) => one.name === name));
  const [first] = unknown;
  if (first !== undefined) {
    const names = all.map(({ name }) => name);
    const meant = nearest(first, names);
    throw new UserError(
      `There is no image "${first}" in this stack. ${meant ? `Did you mean ${meant}? ` : ""}There are: ${names.join(", ")}.`,
    );
  }
  const fixed = all.filter(({ name, way }) => named.includes(name) && way === "never");
  const [one] = fixed;
  if (one !== undefined)
    throw new UserError(
      isDigest(one.reference)
        ? `The image ${one.name} is pinned: name another digest in packit:images, and bring the stack up.`
        : `The image ${one.name} is pulled once a node, and stays: name its digest in packit:images, and bring the stack up.`,
    );
  const chosen = all.filter(({ name, isOwn, way }) =>
    named.length > 0 ? named.includes(name) : isOwn && way !== "never",
  );
  if (chosen.length === 0)
    throw new UserError("Every image of this stack is pinned: name other digests in packit:images.");
  return chosen;
}

const NO_TEMPLATE: Template = { metadata: {}, spec: { containers: [] } };

/** What an object runs pods by, if it does. */
function templateOf({ kind, spec }: KubernetesObject): Template | undefined {
  // The program declares it, in the form of its kind.
  const { template, jobTemplate } = (spec ?? {}) as {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec: { readonly template: Template } };
  };
  if (kind === "CronJob") return jobTemplate?.spec.template;
  return ["Deployment", "StatefulSet", "Job"].includes(kind) ? template : undefined;
}
