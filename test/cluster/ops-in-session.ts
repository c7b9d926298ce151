import { join } from "node:path";
import type { Ended } from "./ops-session.ts";

/** What ends a verb in place of the end of its process. */
class Exit extends Error {}

// By this the command line knows its project's folder.
process.argv[1] = join(process.cwd(), "cli", "ops.ts");
const [{ ops }, { run }] = await Promise.all([import("../../cli/commands.ts"), import("../../cli/run.ts")]);

// Each run listens for what goes wrong outside of it.
for (const one of [process, process.stdout, process.stderr]) one.setMaxListeners(0);
process.exit = (code) => {
  process.exitCode = code ?? process.exitCode;
  throw new Exit();
};
// Runs each verb that it is sent, and answers with what came of it.
process.on("message", (words: string[]) => {
  void ended(words).then((outcome) => process.send?.(outcome));
});

async function ended(words: readonly string[]): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    process[name].write = (text: string | Uint8Array) => {
      said[name] += String(text);
      return true;
    };
  process.exitCode = 0;
  await run(ops, words).catch((error) => {
    if (!(error instanceof Exit)) throw error;
  });
  const without = (text: string) => text.replace(/\n$/, "");
  return {
    exitCode: Number(process.exitCode),
    stdout: without(said.stdout),
    stderr: without(said.stderr),
  };
}
