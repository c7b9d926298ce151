import { chmodSync } from "node:fs";
import { connect } from "node:net";
import { type Server, startServer } from "./server.ts";
import type { Tool } from "./tools.ts";

export interface NginxArgs {
  readonly nginx: Tool;
  /** What relative paths in the file start from. */
  readonly prefix: string;
  /** nginx.conf, absolute or below the prefix. */
  readonly file: string;
}

/** What nginx says of a file that it takes; fails with what it says of one that it does not take. */
export async function checkNginx({ nginx, prefix, file }: NginxArgs): Promise<string> {
  return (await nginx.run(["-t", ...where({ prefix, file })])).stderr;
}

/** Starts nginx with a file that makes it listen at `port` of 127.0.0.1, for the test that runs. */
export function startNginx({ nginx, prefix, file, port }: NginxArgs & { port: number }): Promise<Server> {
  // Started by root, its workers are www-data's.
  chmodSync(prefix, 0o755);
  const command = nginx.command([...where({ prefix, file }), "-g", "daemon off;"]);
  return startServer({ command, ready: () => isOpen(port), signal: "SIGQUIT" });
}

function where({ prefix, file }: Pick<NginxArgs, "prefix" | "file">): string[] {
  // Its built-in log and its built-in folders are the system's.
  return ["-e", "stderr", "-p", `${prefix}/`, "-c", file];
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
