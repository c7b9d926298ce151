import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../cluster/until.ts";
import { clientEnvironment, probe } from "./client-probe.ts";
import { type DatabaseClient, startClient } from "./clients.ts";
import { databases } from "./database.ts";
import { postgres } from "./postgres.ts";
import { freePort } from "./server.ts";
import { missingOf, tool } from "./tools.ts";
import { startValkey, valkeyTools } from "./valkey.ts";

const python = await tool("clients");
const postgresql = await postgres();
const valkey = await valkeyTools();
const missing = postgresql.missing ?? missingOf(python, valkey.server, valkey.cli);

describe.skipIf(missing)("a client of PostgreSQL", () => {
  it.each([
    "single",
    "scoped",
  ] as const)("with a %s session is started again once its database is younger, not while it is away", async (shape) => {
    const { server, env, api } = await stores();
    const client = await startClient(python, shape, env);
    expect([await client.ask(), (await api(client)).passes]).toEqual(["1", true]);
    await server.stop();
    expect(await client.ask()).toBe("OperationalError");
    const away = await api(client);
    expect([away.passes, away.said]).toEqual([true, expect.stringContaining("PostgreSQL cannot be asked")]);
    await server.startAgain();
    // It would be so for ever.
    for (const _ of [1, 2, 3]) expect(await client.ask()).toBe("PendingRollbackError");
    const younger = await api(client);
    expect([younger.passes, younger.said]).toEqual([
      false,
      expect.stringMatching(/^PostgreSQL started \d+ s ago/),
    ]);
    const next = await startClient(python, shape, env);
    expect([await next.ask(), (await api(next)).passes]).toEqual(["1", true]);
  });

  it("is started again after a crash that cut it off, though PostgreSQL itself went on", async () => {
    const { server, env, api } = await stores();
    const client = await startClient(python, "scoped", env);
    const started = await server.query("SELECT pg_postmaster_start_time()");
    const [pid] = await server.query("SELECT pid FROM pg_stat_activity WHERE usename = 'packit'");
    process.kill(Number(pid), "SIGKILL");
    expect(await client.ask()).toBe("OperationalError");
    const recovers = async () =>
      (await server.query("SELECT pg_postmaster_start_time()").catch(() => [])).length > 0;
    await until(recovers, { what: "PostgreSQL to recover", limitSeconds: 30 });
    expect(await server.query("SELECT pg_postmaster_start_time()")).toEqual(started);
    expect([await client.ask(), (await api(client)).passes]).toEqual(["PendingRollbackError", false]);
    expect((await api(await startClient(python, "scoped", env))).passes).toBe(true);
  });

  it("is left alone where PostgreSQL hangs or cannot be reached, and where Valkey cannot say whose turn it is", async () => {
    const { server, queues, env, api } = await stores();
    const client = await startClient(python, "scoped", env);
    await server.stop();
    await server.startAgain();
    const wrong = [
      { POSTGRESQL_PASSWORD: "another" },
      { POSTGRESQL_DATABASE: "another" },
      { POSTGRESQL_HOST: "nowhere.invalid" },
    ];
    for (const change of wrong) {
      const { passes, said } = await api(client, { env: { ...env, ...change } });
      expect([passes, said]).toEqual([true, expect.stringContaining("PostgreSQL cannot be asked")]);
    }
    const [pid] = await server.query("SELECT pg_read_file('postmaster.pid')");
    process.kill(Number(pid), "SIGSTOP");
    const hanging = await api(client).finally(() => process.kill(Number(pid), "SIGCONT"));
    expect([hanging.passes, hanging.said]).toEqual([true, expect.stringContaining("cannot be asked")]);
    await queues.stop();
    const { passes, said } = await api(client);
    expect([passes, said]).toEqual([true, expect.stringContaining("Valkey cannot be asked")]);
  });

  it("waits for its turn: one of two pods is started again at a time, and both in the end", async () => {
    const { server, env, api } = await stores();
    const start = () => startClient(python, "scoped", env);
    const pods = new Map<string, DatabaseClient>([
      ["a", await start()],
      ["b", await start()],
    ]);
    await server.stop();
    await server.startAgain();
    const failing = async () => {
      const all = [...pods].map(async ([pod, client]) => ((await api(client, { pod })).passes ? [] : [pod]));
      return (await Promise.all(all)).flat();
    };
    const [first = "none", ...others] = await failing();
    expect(others).toEqual([]);
    // It is the same one until it is back, and one of another component need not wait for it.
    expect(await failing()).toEqual([first]);
    for (const client of pods.values()) {
      expect((await api(client, { pod: first, component: "another" })).passes).toBe(false);
    }
    pods.set(first, await start());
    const [second = "none"] = [...pods.keys()].filter((pod) => pod !== first);
    expect((await api(pods.get(first) ?? (await start()), { pod: first })).passes).toBe(true);
    expect(await failing()).toEqual([second]);
    pods.set(second, await start());
    expect(await failing()).toEqual([]);
  });

  it("is started again where nothing listens at its port", async () => {
    const env = clientEnvironment("/nowhere", 1);
    const port = String(await freePort());
    expect((await probe(python, ["api", "packit-service", port], { env })).passes).toBe(false);
  });
});

/** Both stores, and the API's probe of one of their clients. */
async function stores() {
  const { host, server, create } = await databases(postgresql);
  await create("packit");
  const port = await freePort();
  const queues = await startValkey(valkey, { port });
  const env = clientEnvironment(host, port);
  const listener = createServer((socket) => socket.destroy());
  const listening = await freePort();
  await new Promise<void>((resolve) => listener.listen(listening, "127.0.0.1", resolve));
  onTestFinished(() => void listener.close());
  const api = (
    { pid }: DatabaseClient,
    { component = "packit-service", ...args }: { component?: string; pod?: string; env?: typeof env } = {},
  ) => probe(python, ["api", component, String(listening)], { pid, env, ...args });
  return { server, queues, env, api };
}
