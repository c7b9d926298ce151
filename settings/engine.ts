import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../components/settings.ts";
import { isWhatWasRead } from "./engine-file.ts";
import { handedOver } from "./engine-value.ts";
import { loadSettings } from "./load.ts";
import { handedSecrets } from "./secrets/handed.ts";
import { PREFIX, readStackFile, type StackConfig, stackFilePath } from "./stack-file.ts";

/** Settings of the stack that Pulumi's engine runs, with the secrets that it decrypted. */
export async function settingsFromEngine(root: string): Promise<Settings> {
  const config = engineConfig(root, pulumi.getStack());
  if (String(config.values.disposable) !== "true") {
    const githubToken = process.env.GITHUB_TOKEN || undefined;
    return loadSettings(config, { kind: "given", root, githubToken });
  }
  const { standIns, standInFrom } = await import("./secrets/stand-ins.ts");
  const handed = handedSecrets();
  if (handed === undefined) {
    const standIn = await standIns(standInsDirectory(root, config.stack), config);
    return loadSettings(config, { kind: "given", root, standIn });
  }
  // They have been in no file, where they would have to be encrypted.
  const { encryptedKeys: _, ...rest } = config;
  const values = { ...config.values, secrets: handed.secrets };
  return loadSettings({ ...rest, values }, { kind: "given", root, standIn: standInFrom(handed.standIns) });
}

/** Where a disposable stack's stand-ins are kept. */
export function standInsDirectory(root: string, stack: string): string {
  return join(root, ".local", "stand-ins", stack);
}

function engineConfig(root: string, stack: string): StackConfig {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(PREFIX));
  const values = Object.fromEntries(own.map(([key, text]) => [key.slice(PREFIX.length), handedOver(text)]));
  const encryptedKeys = secretKeys().map((key) => key.slice(PREFIX.length));
  const config = { stack, values, encryptedKeys };
  if (!existsSync(stackFilePath(root, stack))) return config;
  const read = readStackFile(root, stack);
  const { file, project, others } = read;
  if (isWhatWasRead(read, config)) return { ...config, file, project, others };
  return { ...config, project, others, origin: `the configuration that the engine read (not ${file.name})` };
}

/** The keys that the engine names as holding secrets, in the variable from which its SDK reads them too. */
function secretKeys(): string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]");
}
