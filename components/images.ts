import * as pulumi from "@pulumi/pulumi";
import { type FollowedImage, imageStream } from "../platform/image-stream.ts";
import type { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";

export interface ImagesArgs {
  /** Where its objects go. */
  readonly site: Site;
  /** The tag and the references. */
  readonly settings: Pick<Settings, "deployment" | "images" | "withFedmsg">;
}

/** Packit's own images, each imported once and shared by the workloads that run it. */
export class Images extends pulumi.ComponentResource {
  readonly service: FollowedImage;
  readonly worker: FollowedImage;
  readonly fedmsg: FollowedImage | undefined;

  constructor(name: string, { site, settings }: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Images", name, {}, opts);
    const { deployment, images, withFedmsg } = settings;
    const stream = (suffix: string, stream: string, given: string | undefined) => {
      const from = given ?? `quay.io/packit/${stream}:${deployment}`;
      return imageStream(
        `${name}-${suffix}`,
        { site, name: stream, tag: deployment, from },
        { parent: this },
      );
    };
    this.service = stream("service", "packit-service", images.service);
    this.worker = stream("worker", "packit-worker", images.worker);
    this.fedmsg = withFedmsg ? stream("fedmsg", "packit-service-fedmsg", images.fedmsg) : undefined;
    this.registerOutputs();
  }
}
