import { z } from "zod";
import { flag, namespaceName, port } from "../../schema/values.ts";
import { ownImage } from "../images.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { activePools } from "../workers/pools.ts";
import type { WorkersSettings } from "../workers/settings.ts";

export const sandboxSettings = {
  withSandbox: flag
    .default(true)
    .describe("Run users' commands, in pods of a namespace of their own. Without it, none may be run."),
  sandboxNamespace: namespaceName
    .meta({ example: "packit--stg-sandbox" })
    .optional()
    .describe(
      "The namespace of the sandbox pods, of this instance alone. Default: the namespace with -sandbox.",
    ),
  sandboxPorts: z
    .array(port)
    .default([22, 80, 443])
    .describe("The ports of the internet that users' commands may reach, with `networkPolicies`."),
};

export const sandboxImages = {
  sandbox: ownImage("Sandbox pods.", {
    repository: "sandcastle",
    source: { repository: "sandcastle", dockerfile: "Dockerfile" },
  }),
};

export type SandboxSettings = Readonly<z.output<z.ZodObject<typeof sandboxSettings>>>;

/** Sandboxes at once: the setting, else two for each task that may run in one, as a killed task leaves one behind. */
export function sandboxes({ quota, workers, withSandbox }: CoreSettings & WorkersSettings & SandboxSettings) {
  if (!withSandbox) return 0;
  const tasks = activePools(workers)
    .filter(({ clones }) => clones)
    .map(({ setting }) => workers[setting].replicas * workers[setting].concurrency);
  return quota.sandboxes ?? 2 * tasks.reduce((all, one) => all + one, 0);
}
