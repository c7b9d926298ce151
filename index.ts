import { program } from "./program.ts";
import { settingsFromEngine } from "./settings/engine.ts";

export const { url, webhookUrl, webhookSecret, namespaces } = program(
  await settingsFromEngine(process.cwd()),
);
