import { describe, expect, it } from "vitest";
import { valkeyConf } from "../../components/valkey/valkey-conf.ts";
import { missingOf } from "./tools.ts";
import { startValkey, valkeyTools } from "./valkey.ts";

const valkey = await valkeyTools();

describe.skipIf(missingOf(valkey.server, valkey.cli))("valkey.conf, to Valkey", () => {
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

/** Starts a server with a file; what it gives back asks that server. */
async function start(conf: string) {
  return (await startValkey(valkey, { conf })).ask;
}
