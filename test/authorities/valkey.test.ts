import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  VALKEY_DIRECTORY,
  VALKEY_PASSWORD_FILE,
  valkeyConf,
  valkeyPasswordConf,
} from "../../files/valkey-conf.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "./server.ts";
import { missingOf, tool } from "./tools.ts";

const valkey = await tool("valkey-server");
const cli = await tool("valkey-cli");

const PASSWORD = "correct-horse_7";

describe.skipIf(missingOf(valkey, cli))("valkey.conf, to Valkey", { timeout: 60_000 }, () => {
  it("says how much memory there is, what is evicted, and when idle clients are cut off", async () => {
    const ask = await start(valkeyConf({ maxMemory: "96Mi" }));
    expect(await ask(["PING"])).toEqual(["PONG"]);
    expect(await ask(["CONFIG", "GET", "maxmemory"])).toEqual(["maxmemory", String(96 * 2 ** 20)]);
    expect(await ask(["CONFIG", "GET", "maxmemory-policy"])).toEqual(["maxmemory-policy", "volatile-lru"]);
    expect(await ask(["CONFIG", "GET", "timeout"])).toEqual(["timeout", "600"]);
  });

  it("answers nobody without the password", async () => {
    const ask = await start(valkeyConf({ maxMemory: "96Mi" }));
    await expect(ask(["PING"], "")).rejects.toThrow(/NOAUTH/);
    await expect(ask(["PING"], "wrong")).rejects.toThrow(/NOAUTH|WRONGPASS/);
  });

  it("is refused with a line that Valkey does not know", async () => {
    await expect(start(`${valkeyConf({ maxMemory: "96Mi" })}no-such-key 1\n`)).rejects.toThrow(/no-such-key/);
  });
});

/** Starts a server with a file and the file of its password; what it gives back asks that server. */
async function start(conf: string): Promise<(words: string[], password?: string) => Promise<string[]>> {
  const folder = temporaryFolder();
  const file = join(folder, "valkey.conf");
  const socket = join(folder, "socket");
  // Valkey enters the folder as it reads the line: a later word on the command line would be too late.
  const moved = conf.replace("dir /data\n", `dir ${folder}\n`).replaceAll(VALKEY_DIRECTORY, folder);
  writeFileSync(file, moved);
  writeFileSync(join(folder, VALKEY_PASSWORD_FILE), valkeyPasswordConf({ password: PASSWORD }));
  const ask = async (words: string[], password = PASSWORD) => {
    const secret = password === "" ? [] : ["--no-auth-warning", "-a", password];
    const { stdout } = await cli.run(["-e", "-s", socket, ...secret, ...words]);
    return stdout.split("\n");
  };
  await startServer({
    command: valkey.command([file, "--port", "0", "--unixsocket", socket]),
    ready: async () => (await ask(["PING"]))[0] === "PONG",
  });
  return ask;
}
