import { createInterface } from "node:readline";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import type { Tool } from "./tools.ts";

/** A client as Packit's own: it never tests its connection, and leaves its session's errors to others. */
const CLIENT = `
import os
import sys
from sqlalchemy import create_engine, text
from sqlalchemy.orm import scoped_session, sessionmaker

login = "{POSTGRESQL_USER}:{POSTGRESQL_PASSWORD}@/{POSTGRESQL_DATABASE}?host={POSTGRESQL_HOST}"
Session = sessionmaker(bind=create_engine("postgresql+psycopg2://" + login.format(**os.environ)))
session = Session() if sys.argv[1] == "single" else scoped_session(Session)
for line in sys.stdin:
    try:
        print(session.execute(text("SELECT 1")).scalar(), flush=True)
    except Exception as error:
        print(type(error).__name__, flush=True)
`;

/** Packit's two: gevent's greenlets share a single session, all others have one for each thread. */
export type SessionShape = "single" | "scoped";

export interface DatabaseClient {
  readonly pid: number;
  /** What a query gives: 1, or the name of its error. */
  ask(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a client, which has its connection from then on. */
export async function startClient(
  python: Tool,
  shape: SessionShape,
  env: Readonly<Record<string, string>>,
): Promise<DatabaseClient> {
  const { file, args, env: own } = python.command(["-c", CLIENT, shape]);
  const child = execa(file, args, { env: { ...own, ...env }, reject: false, buffer: false });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async () => {
    child.stdin.write("\n");
    const { value = "nothing" } = await lines.next();
    return String(value);
  };
  const stop = async () => {
    child.kill("SIGKILL");
    await child;
  };
  onTestFinished(stop);
  await ask();
  if (child.pid === undefined) throw new Error("The client did not start.");
  return { pid: child.pid, ask, stop };
}
