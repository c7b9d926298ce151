import { createServer } from "node:net";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import { until } from "../../cluster/until.ts";
import { EnvironmentError } from "../../errors.ts";
import type { Command } from "./tools.ts";

export interface ServerArgs {
  readonly command: Command;
  /** Whether it answers; one that throws has not answered yet. */
  readonly ready: () => Promise<boolean>;
  readonly cwd?: string;
  /** The signal that asks it to stop. @default SIGTERM */
  readonly signal?: NodeJS.Signals;
  /** @default 30 */
  readonly limitSeconds?: number;
  /** Takes what stops the server. @default vitest's onTestFinished; in a `beforeAll`, keep it for the `afterAll` */
  readonly atEnd?: (stop: () => Promise<void>) => void;
}

export interface Server {
  readonly pid: number | undefined;
  /** What it has said so far. */
  said(): string;
  /** Asks it to stop, and kills it where it does not within ten seconds. */
  stop(): Promise<void>;
}

/** Starts a server, waits until it answers, and stops it at the end of the test. */
export async function startServer(args: ServerArgs): Promise<Server> {
  const { command, cwd, ready, signal = "SIGTERM", limitSeconds = 30, atEnd = onTestFinished } = args;
  let said = "";
  let ended = false;
  const child = execa(command.file, command.args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: command.env,
    reject: false,
    buffer: false,
    all: true,
    stdin: "ignore",
    forceKillAfterDelay: 10_000,
  });
  child.all.on("data", (chunk) => {
    said += String(chunk);
  });
  const end = child.then(() => {
    ended = true;
  });
  const stop = async () => {
    child.kill(signal);
    await end;
  };
  atEnd(stop);
  const what = `${command.file} to answer`;
  try {
    await until(async () => ended || (await ready().catch(() => false)), { what, limitSeconds });
  } catch (error) {
    throw new EnvironmentError(`${error instanceof Error ? error.message : error} It said:\n${said}`);
  }
  if (ended) throw new EnvironmentError(`${command.file} ended before it answered. It said:\n${said}`);
  return { pid: child.pid, said: () => said, stop };
}

/** A TCP port that nothing listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
