import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  VALKEY_DIRECTORY,
  VALKEY_PASSWORD_FILE,
  valkeyConf,
  valkeyPasswordConf,
} from "../../components/valkey/valkey-conf.ts";
import { temporaryFolder } from "../support/folder.ts";
import { type Server, startServer } from "./server.ts";
import { type Tool, tool } from "./tools.ts";

/** The password of every server. */
export const VALKEY_PASSWORD = "correct-horse_7";

export interface Valkey extends Server {
  /** The lines of an answer to a command. */
  ask(words: readonly string[], password?: string): Promise<string[]>;
}

export interface ValkeyArgs {
  /** The text of valkey.conf. @default - that of a small one */
  readonly conf?: string;
  /** The TCP port that it listens at. @default - none but a socket of its own */
  readonly port?: number;
}

/** Valkey's server and its client. To be awaited at the top of a test file, as {@link tool}. */
export async function valkeyTools() {
  return { server: await tool("valkey-server"), cli: await tool("valkey-cli") };
}

/** Starts a new server for the test that runs. */
export async function startValkey(
  { server, cli }: Readonly<Record<"server" | "cli", Tool>>,
  { conf = valkeyConf({ maxMemory: "96Mi" }), port = 0 }: ValkeyArgs = {},
): Promise<Valkey> {
  const folder = temporaryFolder();
  const file = join(folder, "valkey.conf");
  const socket = join(folder, "socket");
  // Valkey enters the folder as it reads the line: a later word on the command line would be too late.
  const moved = conf.replace("dir /data\n", `dir ${folder}\n`).replaceAll(VALKEY_DIRECTORY, folder);
  writeFileSync(file, moved);
  writeFileSync(join(folder, VALKEY_PASSWORD_FILE), valkeyPasswordConf({ password: VALKEY_PASSWORD }));
  const ask = async (words: readonly string[], password = VALKEY_PASSWORD) => {
    const secret = password === "" ? [] : ["--no-auth-warning", "-a", password];
    const { stdout } = await cli.run(["-e", "-s", socket, ...secret, ...words]);
    return stdout.split("\n");
  };
  const running = await startServer({
    command: server.command([file, "--port", String(port), "--unixsocket", socket]),
    ready: async () => (await ask(["PING"]))[0] === "PONG",
  });
  return { ...running, ask };
}
