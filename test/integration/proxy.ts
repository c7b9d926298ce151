import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { FLOWER_PROXIED } from "../../components/flower/settings.ts";
import { htpasswd } from "../../components/nginx/htpasswd.ts";
import { HTPASSWD_PATH, nginxConf } from "../../components/nginx/nginx-conf.ts";
import { PUSHGATEWAY_PROXIED } from "../../components/pushgateway/settings.ts";
import { standIns } from "../../settings/secrets/stand-ins.ts";
import { temporaryFolder } from "../support/folder.ts";
import { checkNginx, startNginx } from "./nginx.ts";
import { freePort } from "./server.ts";
import type { Tool } from "./tools.ts";

/** What a proxy is made for. */
export interface ProxyOf {
  readonly withFlower: boolean;
  readonly withPushgateway: boolean;
  readonly metricsNeedPassword: boolean;
}

function shownBy({ withFlower, withPushgateway }: ProxyOf) {
  return [...(withPushgateway ? [PUSHGATEWAY_PROXIED] : []), ...(withFlower ? [FLOWER_PROXIED] : [])];
}

export const ACCOUNT = { user: "flower-boss", password: "correct-horse_7" };

export const HOST = "workers.packit.test";

/** What a stand-in behind the proxy has seen, and what it answers with. */
export interface Seen {
  readonly name: string;
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  readonly status: number | undefined;
  /** What the stand-in saw that the request reached, if it reached one. */
  readonly seen: Partial<Seen>;
}

export type Ask = (path: string, options?: RequestOptions) => Promise<Answer>;

/** What nginx says of the file for some of the tools. */
export async function checkProxy(nginx: Tool, conf: ProxyOf): Promise<string> {
  return checkNginx({ nginx, ...(await laidOut(conf, { flower: 1, pushgateway: 1, proxy: 1 })) });
}

/** Starts the proxy in front of stand-ins for Flower and Pushgateway; what it gives back asks it by HTTPS. */
export async function startProxy(nginx: Tool, conf: ProxyOf): Promise<Ask> {
  const [flower, pushgateway, port] = await Promise.all([
    standIn("flower"),
    standIn("pushgateway"),
    freePort(),
  ]);
  const { prefix, file, ca } = await laidOut(conf, { flower, pushgateway, proxy: port });
  await startNginx({ nginx, prefix, file, port });
  return (path, options = {}) =>
    new Promise((resolve, reject) => {
      const where = { host: "127.0.0.1", port, servername: HOST, ca, agent: false, path };
      const asked = request({ ...where, ...options, headers: { host: HOST, ...options.headers } });
      asked.once("error", reject);
      asked.once("response", async (response) => {
        const text = (await response.toArray()).join("");
        resolve({ status: response.statusCode, seen: text.startsWith("{") ? JSON.parse(text) : {} });
      });
      asked.once("upgrade", (response, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode, seen: JSON.parse(String(response.headers.seen)) });
      });
      asked.end();
    });
}

/** The files of the proxy's pod in a folder of this machine, with all that is at another place here. */
async function laidOut(conf: ProxyOf, ports: Readonly<Record<"flower" | "pushgateway" | "proxy", number>>) {
  const prefix = temporaryFolder();
  const file = join(prefix, "nginx.conf");
  const certificate = await standIns(prefix, { stack: "proxy", values: { hosts: { workers: HOST } } });
  const ca = certificate("tlsCertificate");
  const moved = [
    ["/tmp/", `${prefix}/`],
    ["http://flower:5555", `http://127.0.0.1:${ports.flower}`],
    ["http://pushgateway/", `http://127.0.0.1:${ports.pushgateway}/`],
    ["listen 8443", `listen 127.0.0.1:${ports.proxy}`],
    [HTPASSWD_PATH, `${prefix}/htpasswd`],
    ["/secrets/", `${prefix}/`],
    // It cannot be opened where it is a socket, as that of a child of Node is.
    ["/dev/stdout", `${prefix}/access.log`],
  ].reduce(
    (text, [from = "", to = ""]) => text.replaceAll(from, to),
    nginxConf({ shown: shownBy(conf), ...conf }),
  );
  writeFileSync(file, moved);
  writeFileSync(join(prefix, "fullchain.pem"), ca);
  writeFileSync(join(prefix, "privkey.pem"), certificate("tlsPrivateKey"));
  // As in the pod, it is not there without Flower.
  if (conf.withFlower) writeFileSync(join(prefix, "htpasswd"), htpasswd({ ...ACCOUNT, saltKey: "salt" }));
  return { prefix, file, ca };
}

/** A server that answers with what it sees; gives back its port. */
async function standIn(name: string): Promise<number> {
  const seen = ({ method, url, headers }: IncomingMessage) =>
    JSON.stringify({ name, method, url, headers } satisfies Seen);
  const server = createServer((asked, answer) => answer.end(seen(asked)));
  server.on("upgrade", (asked, socket) => {
    const lines = ["HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: websocket"];
    socket.end([...lines, `Seen: ${seen(asked)}`, "", ""].join("\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
