import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import type { Task } from "./foreign-program.ts";

/** Where the outcome goes: what the program writes to its standard streams is no part of it. */
const OUTCOME = 3;

/**
 * What runs confined: it loads the program of a pull request, and hands over the objects that it declares.
 * Whoever reads the outcome relies on nothing here, as the program can do whatever this can.
 */
async function run({ folder, config, words, seed }: Task): Promise<object> {
  const load = (path: string) => import(pathToFileURL(join(folder, path)).href);
  const paths = ["settings/load.ts", "render/evaluate.ts", "render/generated.ts"];
  const [settings, render, generated] = await Promise.all(paths.map(load));
  const as = ([, name = "", host]: readonly string[]) => words[host ?? name] ?? `unknown-${host ?? name}`;
  const loaded = settings.loadSettings(config, { kind: "named", as });
  const generate = generated.generatedFrom(seed, config.stack);
  return { objects: await render.evaluate(loaded, { generate, secrets: { keep: true } }) };
}

// Whoever starts it writes a task.
const task = JSON.parse(readFileSync(0, "utf8")) as Task;
const outcome = await run(task).catch((error) => ({
  error: error instanceof Error ? error.message : inspect(error),
}));
let bytes = Buffer.from(JSON.stringify(outcome));
while (bytes.length > 0) bytes = bytes.subarray(writeSync(OUTCOME, bytes));
process.exit();
