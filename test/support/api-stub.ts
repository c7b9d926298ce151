import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What an API server's stand-in was asked. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ApiStub {
  /** Its address. */
  readonly url: string;
  readonly asked: Asked[];
}

export interface ApiStubArgs {
  /** How it speaks TLS. @default - not at all */
  readonly tls?: ServerOptions;
  /** What it does with a request. @default - answers with an empty list of kinds */
  readonly answer?: RequestListener;
}

/** A server that takes down what it is asked, gone after the test. */
export async function apiStub({ tls, answer = noKinds }: ApiStubArgs = {}): Promise<ApiStub> {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
    answer(request, response);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${port}`, asked };
}

const noKinds: RequestListener = (_, response) => {
  response.setHeader("content-type", "application/json").end('{"kind":"APIResourceList","resources":[]}');
};
