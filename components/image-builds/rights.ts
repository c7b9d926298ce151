import { IMAGE_BUILDS, type WEEKLY_BUILD } from "./settings.ts";

const GROUP = "build.openshift.io";

/** What a CronJob may do in the namespace of builds: start them, and note on a BuildConfig what its sources were. */
export function buildRules(component: typeof IMAGE_BUILDS | typeof WEEKLY_BUILD) {
  const verbs = component === IMAGE_BUILDS ? ["get", "patch"] : ["get"];
  return [
    { apiGroups: [GROUP], resources: ["buildconfigs"], verbs },
    { apiGroups: [GROUP], resources: ["buildconfigs/instantiate"], verbs: ["create"] },
  ];
}
