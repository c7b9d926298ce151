import { z } from "zod";
import { imageFolder } from "../../schema/image-reference.ts";
import { schedule } from "../../schema/schedule.ts";
import { secret } from "../../schema/secrets/spec.ts";
import { timeZone } from "../../schema/time-zone.ts";
import { gitBranch, line, namespaceName } from "../../schema/values.ts";
import { OWN_REGISTRY } from "../images.ts";

export const imageBuildsSettings = {
  imageBuilds: z
    .strictObject({
      namespace: namespaceName
        .meta({ example: "packit--stg-builds" })
        .describe("A namespace for builds alone: their pods are privileged, and no others run in it."),
      branch: gitBranch
        .optional()
        .describe(
          "The branch of all of Packit's projects. Default: stable where `deployment` is prod, else main.",
        ),
      registry: imageFolder
        .default(OWN_REGISTRY)
        .describe("Where images are pushed, each with the tag of `deployment`."),
      account: line
        .meta({ example: "packit+builder" })
        .describe("The registry's account that may push there; its token is `secrets.imageRegistryToken`."),
      weekly: schedule.default("0 0 * * 2").describe("When the base is built anew, and all else with it."),
      look: schedule
        .default("*/30 * * * *")
        .describe("When it is looked whether there are new commits; GitHub answers 60 questions an hour."),
      timeZone: timeZone.default("Etc/UTC").describe("The time zone of both schedules."),
    })
    .optional()
    .describe("Builds of Packit's own images by OpenShift; docs/images.md. Default: none."),
};

export const imageBuildsSecrets = {
  imageRegistryToken: secret("when", "the token of `imageBuilds.account` at the registry", "token", {
    isNeeded: (settings) => settings?.imageBuilds !== undefined,
    neededIf: "with `imageBuilds`",
    decidedBy: ["imageBuilds"],
  }),
};

export type ImageBuildsSettings = Readonly<z.output<z.ZodObject<typeof imageBuildsSettings>>>;

export type BuildSettings = NonNullable<ImageBuildsSettings["imageBuilds"]>;

/** The CronJob that looks for new commits. */
export const IMAGE_BUILDS = "image-builds";

/** The CronJob that builds the base. */
export const WEEKLY_BUILD = "image-builds-weekly";
