import * as pulumi from "@pulumi/pulumi";
import { wayTo } from "./cluster/access.ts";
import { liveWorkloads, owned } from "./owned.ts";
import { clusterProvider } from "./provider.ts";
import { settingsFromEngine } from "./settings/engine.ts";

const settings = await settingsFromEngine(process.cwd());
for (const warning of settings.warnings) void pulumi.log.warn(warning);
// The provider would take a context that there is not for a cluster that does not answer, and the engine call all unchanged.
wayTo({ context: settings.kubeContext });

// The engine starts the providers' processes while the components are loaded and declared.
const provider = clusterProvider(settings);
const [{ program }, workloads] = await Promise.all([
  import("./program.ts"),
  pulumi.runtime.isDryRun() ? liveWorkloads(settings) : undefined,
]);
const opts = owned(settings, workloads);

// The module's exports are the stack's outputs.
export const {
  url,
  webhookUrl,
  webhookSecret,
  urls,
  namespaces,
  images,
  queues,
  totals,
  compromises,
  egress,
} = await program(settings, provider, opts);
