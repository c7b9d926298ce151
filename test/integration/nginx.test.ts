import { describe, expect, it } from "vitest";
import { ACCOUNT, checkProxy, HOST, type ProxyOf, startProxy } from "./proxy.ts";
import { tool } from "./tools.ts";

const nginx = await tool("nginx");

const BOTH = { withFlower: true, withPushgateway: true, metricsNeedPassword: false };
const COMBINATIONS: ProxyOf[] = [true, false].flatMap((metricsNeedPassword) => [
  { ...BOTH, metricsNeedPassword },
  { ...BOTH, metricsNeedPassword, withFlower: false },
  { ...BOTH, metricsNeedPassword, withPushgateway: false },
]);

const WORDS =
  "Flower: $withFlower, Pushgateway: $withPushgateway, a password for metrics: $metricsNeedPassword";

const RIGHT = { auth: `${ACCOUNT.user}:${ACCOUNT.password}` };
const WRONG = { auth: `${ACCOUNT.user}:wrong` };

/** Each path of metrics, and what it is a path to. */
const METRICS = [
  ["/metrics", "pushgateway"],
  ["/flower-metrics", "flower"],
] as const;

describe.skipIf(nginx.missing)("nginx.conf, to nginx", () => {
  it.each(COMBINATIONS)(`is taken with ${WORDS}`, async (conf) => {
    expect(await checkProxy(nginx, conf)).toContain("test is successful");
  });

  it("leads each path of metrics to the metrics of its tool", async () => {
    const ask = await startProxy(nginx, BOTH);
    for (const [path, name] of METRICS) {
      expect(await ask(path), path).toMatchObject({
        status: 200,
        seen: { name, method: "GET", url: "/metrics" },
      });
    }
  });

  it("lets nobody change metrics", async () => {
    const ask = await startProxy(nginx, BOTH);
    for (const [path] of METRICS) {
      for (const method of ["POST", "PUT", "DELETE"]) {
        expect(await ask(path, { method, ...RIGHT }), `${method} ${path}`).toEqual({ status: 403, seen: {} });
      }
    }
  });

  it("leads no other path to Pushgateway, whose API would take what is pushed", async () => {
    const ask = await startProxy(nginx, BOTH);
    for (const path of [
      "/metrics/job/a",
      "/metrics/",
      "/api/v1/metrics",
      "/flower-metrics/../metrics/job/a",
    ]) {
      expect((await ask(path, { method: "POST", ...RIGHT })).seen.name, path).toBe("flower");
    }
  });

  it("shows Flower to those who know the password, and hands it on", async () => {
    const ask = await startProxy(nginx, BOTH);
    expect(await ask("/")).toEqual({ status: 401, seen: {} });
    expect(await ask("/", WRONG)).toEqual({ status: 401, seen: {} });
    const authorization = `Basic ${Buffer.from(RIGHT.auth).toString("base64")}`;
    expect(await ask("/api/workers?refresh=1", RIGHT)).toMatchObject({
      status: 200,
      // Flower asks for the password too, and takes WebSockets only from pages of its own host.
      seen: { name: "flower", url: "/api/workers?refresh=1", headers: { authorization, host: HOST } },
    });
  });

  it("hands the upgrade to a WebSocket on, and none where none was asked for", async () => {
    const ask = await startProxy(nginx, BOTH);
    const headers = { connection: "Upgrade", upgrade: "websocket" };
    expect(await ask("/api/task/events", { ...RIGHT, headers })).toMatchObject({
      status: 101,
      seen: { name: "flower", headers: { connection: "upgrade", upgrade: "websocket" } },
    });
    const { seen } = await ask("/", RIGHT);
    expect(seen.headers).toMatchObject({ connection: "close" });
    expect(seen.headers).not.toHaveProperty("upgrade");
  });

  it.each(COMBINATIONS)(`says without a password that it is well, with ${WORDS}`, async (conf) => {
    const ask = await startProxy(nginx, conf);
    expect(await ask("/healthz")).toEqual({ status: 200, seen: {} });
  });

  it("asks for the password at metrics too, where it is told to", async () => {
    const ask = await startProxy(nginx, { ...BOTH, metricsNeedPassword: true });
    for (const [path, name] of METRICS) {
      expect(await ask(path), path).toEqual({ status: 401, seen: {} });
      expect(await ask(path, WRONG), path).toEqual({ status: 401, seen: {} });
      expect(await ask(path, RIGHT), path).toMatchObject({ status: 200, seen: { name, url: "/metrics" } });
    }
  });

  it("finds nothing but metrics without Flower, whose password nobody is asked for then", async () => {
    for (const metricsNeedPassword of [false, true]) {
      const ask = await startProxy(nginx, { ...BOTH, withFlower: false, metricsNeedPassword });
      const nothing = { status: 404, seen: {} };
      for (const path of ["/", "/flower-metrics"]) expect(await ask(path), path).toEqual(nothing);
      expect(await ask("/metrics")).toMatchObject({ status: 200, seen: { name: "pushgateway" } });
    }
  });

  it("takes a path of a Pushgateway that is not there for one of Flower's", async () => {
    const ask = await startProxy(nginx, { ...BOTH, withPushgateway: false });
    expect(await ask("/metrics")).toEqual({ status: 401, seen: {} });
    expect(await ask("/metrics", RIGHT)).toMatchObject({ seen: { name: "flower", url: "/metrics" } });
  });
});
