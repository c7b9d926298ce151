import type { Refusal } from "../../schema/refuse.ts";
import { OC_RESOURCES } from "../oc.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { job } from "../workload.ts";
import {
  IMAGE_IMPORT,
  type ImageImportSettings,
  imageImportImages,
  imageImportSettings,
} from "./settings.ts";

function refusals({ platform, imagePolicy }: CoreSettings): Refusal[] {
  if (platform !== "kubernetes" || imagePolicy !== "schedule") return [];
  return [
    {
      path: ["imagePolicy"],
      value: imagePolicy,
      allowed: `follow or pinned on the platform ${platform}, which has no ImageStreams`,
      remedy: "change it, or the platform",
      reads: ["platform"],
    },
  ];
}

export const imageImport = {
  name: IMAGE_IMPORT,
  settings: imageImportSettings,
  images: imageImportImages,
  refusals,
  isOn: ({ platform, imagePolicy }) => platform !== "kubernetes" && imagePolicy === "schedule",
  components: () => [
    { ...job(IMAGE_IMPORT, { [IMAGE_IMPORT]: { resources: OC_RESOURCES } }), usesApi: true },
  ],
  component: async () => (await import("./image-import.ts")).ImageImport,
} satisfies Part<CoreSettings & ImageImportSettings>;
