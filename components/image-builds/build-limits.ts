/** What the build of an image may take: all packages of a worker are installed in one. */
export const BUILD_RESOURCES = {
  requests: { cpu: "500m", memory: "1Gi" },
  limits: { cpu: "2", memory: "4Gi" },
};

/** How long a build may take, in seconds: images with all their packages take about five minutes. */
export const BUILD_LIMIT_SECONDS = 3600;
