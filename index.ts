import { program } from "./program.ts";
import { settingsFromEngine } from "./settings/engine.ts";

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
} = program(await settingsFromEngine(process.cwd()));
