import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What goes wrong with a request on its way to an API server, or with its answer on the way back. */
export const FAULTS = {
  "a reset before anything is done": {
    isDone: false,
    answer: (response) => response.socket?.resetAndDestroy(),
  },
  "a reset once it is done": { isDone: true, answer: (response) => response.socket?.resetAndDestroy() },
  "an end without an answer": { isDone: true, answer: (response) => response.socket?.end() },
  "half an answer": {
    isDone: true,
    answer: (response, text) => {
      response.writeHead(200, { "content-length": text.length + 1 });
      response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
    },
  },
  "half an answer that claims to be whole": {
    isDone: true,
    answer: (response, text) => response.end(text.slice(0, text.length / 2)),
  },
  "a web page": {
    isDone: false,
    answer: (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>Log in</html>"),
  },
  "429": status(429, false),
  "500": status(500, false),
  "500 once it is done": status(500, true),
  "502": status(502, false),
  "502 once it is done": status(502, true),
  "503": status(503, false),
  "503 once it is done": status(503, true),
  "504": status(504, false),
  "504 once it is done": status(504, true),
} satisfies Record<string, Fault>;

export interface Fault {
  /** Whether the API server has done what was asked. */
  readonly isDone: boolean;
  readonly answer: (response: ServerResponse, text: string) => void;
}

function status(code: number, isDone: boolean): Fault {
  return { isDone, answer: (response) => response.writeHead(code).end(`<html>${code}</html>`) };
}

export interface FaultyProxyArgs {
  /** The API server's address, and the token that it wants. */
  readonly server: string;
  readonly token: string;
  /** Says what goes wrong with a request; nothing if all is well. */
  readonly faultOf: (incoming: Pick<IncomingMessage, "method" | "url">) => Fault | undefined;
}

/** Starts a proxy between a client that speaks plain HTTP and an API server. Returns its address. */
export async function faultyProxy({ server, token, faultOf }: FaultyProxyArgs): Promise<string> {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const proxy = createServer(async (incoming, response) => {
    const fault = faultOf(incoming);
    const body = Buffer.concat(await incoming.toArray());
    if (fault && !fault.isDone) return fault.answer(response, "{}");
    const { authorization: _, host: _h, ...headers } = incoming.headers;
    const options = {
      method: incoming.method,
      agent,
      headers: { ...headers, authorization: `Bearer ${token}` },
    };
    const outgoing = request(`${server}${incoming.url}`, options, async (answer) => {
      const text = Buffer.concat(await answer.toArray());
      if (fault) return fault.answer(response, text.toString());
      response
        .writeHead(answer.statusCode ?? 0, { "content-type": answer.headers["content-type"] })
        .end(text);
    });
    outgoing.end(body);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
    agent.destroy();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
