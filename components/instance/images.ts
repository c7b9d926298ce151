import * as pulumi from "@pulumi/pulumi";
import { type Image, image } from "../../platform/image.ts";
import type { Site } from "../../platform/site.ts";
import { hasProxy } from "../../settings/footprint.ts";
import { type OwnImage, ownImage } from "../../settings/images.ts";
import type { Settings } from "../../settings/load.ts";

export interface ImagesArgs {
  /** Where its objects go. */
  readonly site: Site;
  /** The tag, the references, the policy, and which parts there are. */
  readonly settings: Settings;
}

type Foreign = "valkey" | "flower" | "pushgateway" | "nginx" | "redisCommander" | "fluentd";

/** The images of all parts, each imported once and shared by the workloads that run it. */
export class Images extends pulumi.ComponentResource {
  readonly service: Image;
  readonly worker: Image;
  readonly valkey: Image;
  /** PostgreSQL's, by major version. */
  readonly postgres: (version: number) => Image;
  readonly fedmsg: Image | undefined;
  readonly dashboard: Image | undefined;
  readonly tokman: Image | undefined;
  readonly flower: Image | undefined;
  readonly pushgateway: Image | undefined;
  readonly nginx: Image | undefined;
  readonly redisCommander: Image | undefined;
  readonly fluentd: Image | undefined;
  /** The names and references of all. */
  readonly references: Readonly<Record<string, string>>;

  constructor(name: string, { site, settings }: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Images", name, {}, opts);
    const { deployment, images, postgres } = settings;
    const references: Record<string, string> = {};
    const make = (stream: string, from: string, follow: boolean) => {
      references[stream] = from;
      return image(
        `${name}-${stream}`,
        { site, name: stream, tag: deployment, from, follow },
        { parent: this },
      );
    };
    // On plain Kubernetes, a tag that is followed is pulled anew by every new pod.
    const follow = settings.imagePolicy === "follow";
    const own = (stream: string, key: OwnImage) => make(stream, ownImage(settings, key), follow);
    const foreign = (stream: string, key: Foreign) => make(stream, images[key], false);

    this.service = own("packit-service", "service");
    this.worker = own("packit-worker", "worker");
    this.fedmsg = settings.withFedmsg ? own("packit-service-fedmsg", "fedmsg") : undefined;
    this.dashboard = settings.withDashboard ? own("packit-dashboard", "dashboard") : undefined;
    this.tokman = settings.withTokman ? own("tokman", "tokman") : undefined;
    this.valkey = foreign("valkey", "valkey");
    this.flower = settings.withFlower ? foreign("flower", "flower") : undefined;
    this.pushgateway = settings.withPushgateway ? foreign("pushgateway", "pushgateway") : undefined;
    this.nginx = hasProxy(settings) ? foreign("nginx", "nginx") : undefined;
    this.redisCommander = settings.withRedisCommander
      ? foreign("redis-commander", "redisCommander")
      : undefined;
    this.fluentd = settings.withFluentdSidecar ? foreign("fluentd", "fluentd") : undefined;

    const databases = [postgres.version, postgres.secondVersion ?? []].flat().map((version) => {
      const from = images.postgres[`${version}`] ?? `quay.io/sclorg/postgresql-${version}-c9s:latest`;
      return [version, make(`postgres-${version}`, from, false)] as const;
    });
    this.postgres = (version) => {
      const found = databases.find(([one]) => one === version);
      if (found === undefined) throw new Error(`There is no PostgreSQL ${version} in this stack.`);
      return found[1];
    };
    this.references = references;
    this.registerOutputs();
  }
}

/** The streams of Packit's own images that somebody must import, as nothing follows them. */
export function importedStreams(images: Images): string[] {
  const own = [images.service, images.worker, images.fedmsg, images.dashboard, images.tokman];
  return own.flatMap((one) => one?.stream ?? []);
}
