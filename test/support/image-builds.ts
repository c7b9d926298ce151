import type { Changes } from "./stacks.ts";

/** The changes by which stage builds its own images. */
export const IMAGE_BUILDS = {
  platform: "openshift",
  imageBuilds: { namespace: "packit--stg-builds", account: "packit+builder" },
} satisfies Changes;
