import { z } from "zod";
import { imageReference } from "../../schema/image-reference.ts";
import { schedule } from "../../schema/schedule.ts";
import { timeZone } from "../../schema/time-zone.ts";

export const imageImportSettings = {
  imageImport: z
    .strictObject({
      schedule: schedule.default("0 2 * * 0").describe("When images are imported with the policy schedule."),
      timeZone: timeZone.default("Etc/UTC").describe("The time zone of that schedule."),
    })
    .prefault({}),
};

export const imageImportImages = {
  cli: {
    schema: imageReference
      .default("image-registry.openshift-image-registry.svc:5000/openshift/cli:latest")
      .describe("What holds `oc` for scheduled imports; OpenShift brings one."),
  },
};

export type ImageImportSettings = Readonly<z.output<z.ZodObject<typeof imageImportSettings>>> & {
  readonly images: { readonly cli: string };
};

export const IMAGE_IMPORT = "image-import";
