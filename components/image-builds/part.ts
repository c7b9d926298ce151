import type { ImageImportSettings } from "../image-import/settings.ts";
import { OC_RESOURCES } from "../oc.ts";
import type { Part } from "../part.ts";
import type { SandboxSettings } from "../sandbox/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { job } from "../workload.ts";
import { imageBuildsRefusals } from "./refusals.ts";
import {
  IMAGE_BUILDS,
  type ImageBuildsSettings,
  imageBuildsSecrets,
  imageBuildsSettings,
  WEEKLY_BUILD,
} from "./settings.ts";

export const imageBuilds = {
  name: IMAGE_BUILDS,
  settings: imageBuildsSettings,
  secrets: imageBuildsSecrets,
  refusals: imageBuildsRefusals,
  isOn: (settings) => settings.imageBuilds !== undefined,
  components: () => [
    // It asks GitHub which commits are the newest.
    { ...job(IMAGE_BUILDS, { [IMAGE_BUILDS]: { resources: OC_RESOURCES } }), usesApi: true, internet: [443] },
    { ...job(WEEKLY_BUILD, { [WEEKLY_BUILD]: { resources: OC_RESOURCES } }), usesApi: true },
  ],
} satisfies Part<CoreSettings & ImageBuildsSettings & ImageImportSettings & SandboxSettings>;
