import * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../../platform/destination.ts";
import { type Image, image } from "../../platform/image.ts";
import type { Stream } from "../images.ts";
import type { Settings } from "../settings.ts";
import { streamsOf } from "../streams.ts";

export interface ImagesArgs {
  /** Where its objects go. */
  readonly destination: Destination;
  /** The tag, the references, the policy, and which parts there are. */
  readonly settings: Settings;
}

/** The images of all parts, each imported once and shared by the workloads that run it. */
export class Images extends pulumi.ComponentResource {
  /** The names and references of all. */
  readonly references: Readonly<Record<string, string>>;
  /** The streams of Packit's own images that somebody must import, as nothing follows them. */
  readonly imported: readonly string[];
  readonly #made: ReadonlyMap<string, Image>;

  constructor(name: string, { destination, settings }: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Images", name, {}, opts);
    const { deployment, imagePolicy } = settings;
    const make = ({ name: stream, reference, isOwn }: Stream) => {
      // On plain Kubernetes, a tag that is followed is pulled anew by every new pod.
      const follow = isOwn && imagePolicy === "follow";
      const args = { destination, name: stream, tag: deployment, from: reference, follow };
      return image(`${name}-${stream}`, args, { parent: this });
    };
    const streams = streamsOf(settings);
    this.#made = new Map(streams.map((stream) => [stream.name, make(stream)]));
    this.references = Object.fromEntries(streams.map((stream) => [stream.name, stream.reference]));
    this.imported = streams.flatMap(({ name, isOwn }) => (isOwn && this.#made.get(name)?.stream) || []);
    this.registerOutputs();
  }

  /** An image by the name of its stream. */
  of(stream: string): Image {
    const found = this.#made.get(stream);
    if (found === undefined) throw new Error(`There is no image ${stream} in this stack.`);
    return found;
  }
}
