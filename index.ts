import * as pulumi from "@pulumi/pulumi";
import { program } from "./program.ts";
import { settingsFromEngine } from "./settings/engine.ts";

const settings = await settingsFromEngine(process.cwd());
for (const warning of settings.warnings) void pulumi.log.warn(warning);

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
} = program(settings);
