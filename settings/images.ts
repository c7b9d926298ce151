import { z } from "zod";
import { imageReference } from "./image-reference.ts";
import { schedule } from "./schedule.ts";
import { timeZone } from "./time-zone.ts";

const own = (what: string, repository: string) =>
  imageReference
    .meta({ example: `quay.io/packit/${repository}:stg` })
    .optional()
    .describe(`${what} Default: that of the deployment at quay.io/packit.`);

/** Where images come from, and how new ones of Packit's own get into the stack. */
export const images = {
  images: z
    .strictObject({
      service: own("The API.", "packit-service"),
      worker: own("Workers, beat, migration and backup.", "packit-worker"),
      fedmsg: own("The listener.", "packit-service-fedmsg"),
      dashboard: own("The dashboard.", "dashboard"),
      sandbox: own("Sandbox pods.", "sandcastle"),
      tokman: own("Tokman.", "tokman"),
      postgres: z
        .partialRecord(
          z.enum(["13", "15", "16"]),
          imageReference.meta({ example: "quay.io/sclorg/postgresql-15-c9s:latest" }),
        )
        .default({})
        .describe("PostgreSQL, by its major version. Default: quay.io/sclorg/postgresql-VERSION-c9s."),
      valkey: imageReference.default("docker.io/valkey/valkey:8").describe("Valkey."),
      flower: imageReference.default("quay.io/packit/flower:latest").describe("Flower."),
      pushgateway: imageReference
        .default("ghcr.io/zapier/prom-aggregation-gateway:v0.7.0")
        .describe("Pushgateway."),
      nginx: imageReference.default("quay.io/nginx/nginx-unprivileged:latest").describe("The reverse proxy."),
      redisCommander: imageReference
        .default("docker.io/rediscommander/redis-commander:latest")
        .describe("Redis Commander."),
      fluentd: imageReference
        .default("quay.io/packit/fluentd-splunk-hec:latest")
        .describe("The side-car that forwards logs."),
      cli: imageReference
        .default("image-registry.openshift-image-registry.svc:5000/openshift/cli:latest")
        .describe("What holds `oc` for scheduled imports; OpenShift brings one."),
    })
    .prefault({})
    .describe("Where images come from. What has a digest runs as it is; no ImageStream follows it."),
  imagePolicy: z
    .enum(["follow", "schedule", "pinned"])
    .default("follow")
    .describe(
      "How new images of Packit's own get in: imported when they appear, imported at `imageImport.schedule`, or only by a digest here. Other images never change by themselves.",
    ),
  imageImport: z
    .strictObject({
      schedule: schedule.default("0 2 * * 0").describe("When images are imported with the policy schedule."),
      timeZone: timeZone.default("Etc/UTC").describe("The time zone of that schedule."),
    })
    .prefault({}),
};

/** The settings under `images` that name one of Packit's own images, and its repository under quay.io/packit. */
export const OWN_IMAGES = {
  service: "packit-service",
  worker: "packit-worker",
  fedmsg: "packit-service-fedmsg",
  dashboard: "dashboard",
  sandbox: "sandcastle",
  tokman: "tokman",
} as const;

/** Where they are, unless it is said. */
export const OWN_REGISTRY = "quay.io/packit";

export type OwnImage = keyof typeof OWN_IMAGES;

interface ImageSettings {
  readonly deployment: string;
  readonly images: { readonly [K in OwnImage]?: string | undefined };
}

/** The reference of one of Packit's own images: the one that is given, else the deployment's tag. */
export function ownImage({ deployment, images }: ImageSettings, image: OwnImage): string {
  return images[image] ?? `${OWN_REGISTRY}/${OWN_IMAGES[image]}:${deployment}`;
}
