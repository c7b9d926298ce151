import type { z } from "zod";
import { isDigest } from "../../schema/image-reference.ts";
import { part } from "../../schema/part.ts";
import { positive } from "../../schema/values.ts";
import { ownImage, ownReference } from "../images.ts";

export const serviceSettings = {
  service: part(
    { requests: { cpu: "10m", memory: "320Mi" }, limits: { cpu: "200m", memory: "512Mi" } },
    { replicas: positive.default(1).describe("API pods.") },
  ).describe("The API, which takes the webhooks."),
};

export const serviceImages = {
  service: ownImage("The API.", {
    stream: "packit-service",
    repository: "packit-service",
    source: { repository: "packit-service", dockerfile: "files/docker/Dockerfile" },
  }),
};

export type ServiceSettings = Readonly<z.output<z.ZodObject<typeof serviceSettings>>> & {
  readonly images: { readonly service?: string | undefined };
};

/** The component of the API's pods. */
export const API = "packit-service";

/** The port of its pods. */
export const API_PORT = 8443;

/** Whether pods of the API can get a new image without `pulumi up`, and so must migrate the database themselves. */
export function migratesInPods(
  settings: Pick<ServiceSettings, "images"> & { readonly deployment: string },
): boolean {
  const { deployment, images } = settings;
  return !isDigest(ownReference(deployment, images.service, serviceImages.service));
}
