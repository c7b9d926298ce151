import { IMAGE_BUILDS, type WEEKLY_BUILD } from "./settings.ts";

const GROUP = "build.openshift.io";

/** The ConfigMap on which the look notes what it has started builds with. */
export const NOTES = "image-builds-notes";

/** What a CronJob may do in the namespace of builds: start those that are declared there, and keep its notes. */
export function buildRules(component: typeof IMAGE_BUILDS | typeof WEEKLY_BUILD) {
  const start = [
    { apiGroups: [GROUP], resources: ["buildconfigs"], verbs: ["get"] },
    { apiGroups: [GROUP], resources: ["buildconfigs/instantiate"], verbs: ["create"] },
    // OpenShift asks for this besides of whoever starts or declares one of this kind.
    { apiGroups: [GROUP], resources: ["builds/docker"], verbs: ["create"] },
  ];
  if (component !== IMAGE_BUILDS) return start;
  return [
    ...start,
    { apiGroups: [GROUP], resources: ["builds"], verbs: ["get", "list"] },
    { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "patch"], resourceNames: [NOTES] },
  ];
}
