import type { Resources } from "../schema/resources.ts";

/** What a run of `oc` may take. */
export const OC_RESOURCES: Resources = {
  requests: { cpu: "10m", memory: "64Mi" },
  limits: { cpu: "200m", memory: "256Mi" },
};
