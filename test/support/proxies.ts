import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A proxy of a test's own. */
export interface Proxy {
  readonly url: string;
  /** The hosts and ports that it was asked for, and the credentials that it was given with each. */
  readonly asked: { readonly target: string; readonly credentials: string | undefined }[];
}

/** A proxy that connects to the target's port on this machine, whatever the target's host is called. */
export async function httpProxy(tls?: ServerOptions): Promise<Proxy> {
  const asked: Proxy["asked"] = [];
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  server.on("connect", ({ url = "", headers }, socket: Socket) => {
    asked.push({ target: url, credentials: headers["proxy-authorization"] });
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    join(socket, Number(url.split(":").at(-1)));
  });
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${await port(server)}`, asked };
}

/** The same by SOCKS5 (RFC 1928), with or without a user name and a password (RFC 1929). */
export async function socksProxy(): Promise<Proxy> {
  const asked: Proxy["asked"] = [];
  const server = createServer((socket) => {
    let credentials: string | undefined;
    let step: "greeting" | "login" | "request" = "greeting";
    socket.on("data", (data) => {
      if (step === "greeting") {
        const wantsLogin = data.subarray(2, 2 + (data[1] ?? 0)).includes(2);
        step = wantsLogin ? "login" : "request";
        socket.write(Buffer.from([5, wantsLogin ? 2 : 0]));
      } else if (step === "login") {
        const userEnd = 2 + (data[1] ?? 0);
        credentials = `${data.subarray(2, userEnd)}:${data.subarray(userEnd + 1)}`;
        step = "request";
        socket.write(Buffer.from([1, 0]));
      } else {
        // The port comes last, whatever form the host before it has.
        const target = data.readUInt16BE(data.length - 2);
        const host = data[3] === 3 ? data.subarray(5, -2).toString() : [...data.subarray(4, -2)].join(".");
        asked.push({ target: `${host}:${target}`, credentials });
        socket.removeAllListeners("data");
        socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
        join(socket, target);
      }
    });
    socket.on("error", () => {});
  });
  return { url: `socks5://127.0.0.1:${await port(server)}`, asked };
}

function join(socket: Socket, target: number): void {
  const other = connect(target, "127.0.0.1");
  for (const one of [socket, other]) one.on("error", () => [socket, other].map((each) => each.destroy()));
  socket.pipe(other).pipe(socket);
}

async function port(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
