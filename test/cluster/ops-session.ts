import { join } from "node:path";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import { opsIn } from "../support/cli.ts";
import { ROOT } from "../support/stacks.ts";

/** What came of a command. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * One process that runs verbs of `./ops` in a project's folder, one after another, until the test ends: to start one for
 * each costs ten times what most of them do.
 */
export function opsSession(
  cwd: string,
  env: Readonly<Record<string, string>>,
): (words: readonly string[]) => Promise<Ended> {
  const before = opsIn(cwd).filter((word) => word.startsWith("--require="));
  const file = join(ROOT, "test", "cluster", "ops-in-session.ts");
  const session = execa(process.execPath, [...before, file], { cwd, env, ipc: true, reject: false });
  onTestFinished(async () => {
    session.kill();
    await session;
  });
  return async (words) => {
    await session.sendMessage([...words]);
    // It answers with nothing else.
    return (await session.getOneMessage()) as unknown as Ended;
  };
}
