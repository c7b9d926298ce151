import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Anything } from "../support/anything.ts";
import { temporaryFolder } from "../support/folder.ts";
import { objectsOf, templates } from "../support/stacks.ts";
import { type ClientEnvironment, clientEnvironment, type Probed, probe } from "./client-probe.ts";
import { freePort, startServer } from "./server.ts";
import { missingOf, tool } from "./tools.ts";
import { startValkey, VALKEY_PASSWORD, valkeyTools } from "./valkey.ts";

const python = await tool("clients");
const valkey = await valkeyTools();
const missing = missingOf(python, valkey.server, valkey.cli);

/** How run_worker.sh starts them: many tasks at once as greenlets, one in a process. */
const POOLS = [
  ["gevent", 16],
  ["prefork", 1],
] as const;

const STARTED = ["started", "3"];
const ALIVE = ["worker", "packit-worker", "3"];

describe.skipIf(missing)("a worker's probes, to Celery", () => {
  it.each(
    POOLS,
  )("pass while a %s worker answers, in a third of their time at most, and fail while it does not", async (pool, concurrency) => {
    const { queues, env, worker } = await started(pool, concurrency);
    const ask = async (args: readonly string[]) => (await probe(python, args, { env })).passes;
    const early = [await probe(python, STARTED, { env }), await probe(python, ALIVE, { env })] as const;
    expect(early.map(({ passes }) => passes)).toEqual([true, true]);
    await expectFrugal({ started: early[0], worker: early[1] }, env);
    // Keys that nobody removes have filled the volume before.
    expect((await queues.ask(["KEYS", "*reply*"])).filter((key) => key !== "")).toEqual([]);
    const pid = Number(worker.pid);
    process.kill(pid, "SIGSTOP");
    expect([await ask(STARTED), await ask(ALIVE)]).toEqual([false, false]);
    process.kill(pid, "SIGCONT");
    expect(await ask(ALIVE)).toBe(true);
    // A restart would not bring the broker back; but no worker has started without it.
    await queues.stop();
    expect([await ask(STARTED), await ask(ALIVE)]).toEqual([false, true]);
  });
});

/** A third of its time at most is what a probe takes, with what pods are promised of a processor. */
async function expectFrugal(known: Readonly<Record<string, Probed>>, env: ClientEnvironment): Promise<void> {
  const pods = templates(await objectsOf("stage", { workers: { generic: { replicas: 1 } } }));
  const probes = [...pods].flatMap(([name, { spec }]) =>
    probesOf(spec.containers[0]).map((one) => [name, one]),
  );
  expect(probes).toHaveLength(7);
  for (const [name, { args, timeoutSeconds, promised }] of probes as Anything[]) {
    const [check] = args;
    const one = known[check] ?? (await probe(python, args, { env }));
    expect(one.cpuSeconds * 3, `${name} ${check}`).toBeLessThan(timeoutSeconds * promised);
  }
}

/** The arguments of a container's probes by the script, and what they may take. */
function probesOf({ startupProbe, livenessProbe, resources }: Anything) {
  return [startupProbe, livenessProbe]
    .filter((one) => one?.exec?.command[1]?.endsWith("/client.py"))
    .map(({ exec, timeoutSeconds }) => {
      const promised = Number.parseInt(resources.requests.cpu, 10) / 1000;
      return { args: exec.command.slice(2), timeoutSeconds, promised };
    });
}

/** A worker's program, which says by a file that it listens: a probe would take longer to be told. */
const TASKS = `
from pathlib import Path
from celery import Celery, signals

app = Celery(broker="BROKER")

@signals.worker_ready.connect
def ready(**_):
    Path("ready").touch()
`;

/** A worker with a broker of its own, which listens. */
async function started(pool: string, concurrency: number) {
  const port = await freePort();
  const queues = await startValkey(valkey, { port });
  const folder = temporaryFolder();
  const broker = `redis://:${VALKEY_PASSWORD}@127.0.0.1:${port}/0`;
  writeFileSync(join(folder, "tasks.py"), TASKS.replace("BROKER", broker));
  const env = clientEnvironment("/nowhere", port);
  const args = [
    "-m",
    "celery",
    "--app",
    "tasks",
    "worker",
    "--pool",
    pool,
    "--concurrency",
    `${concurrency}`,
  ];
  const worker = await startServer({
    command: python.command(args),
    cwd: folder,
    ready: async () => existsSync(join(folder, "ready")),
    limitSeconds: 60,
  });
  return { queues, env, worker };
}
