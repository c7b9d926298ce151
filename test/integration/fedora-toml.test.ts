import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fedoraToml } from "../../components/fedmsg/fedora-toml.ts";
import type { Anything } from "../support/anything.ts";
import { temporaryFolder } from "../support/folder.ts";
import { tool } from "./tools.ts";

const python = await tool("python");

const ARGS = {
  app: 'Packit "stg"',
  queue: randomUUID(),
  topics: ["org.fedoraproject.prod.copr.build.end", "org.fedoraproject.*.git.#"],
};

/** What fedora-messaging's own command does before it consumes. */
const LOAD = `
import json
from fedora_messaging.config import conf
conf.setup_logging()
print(json.dumps({key: conf[key] for key in ("amqp_url", "bindings", "queues", "exchanges", "tls", "client_properties")}))
`;

describe.skipIf(python.missing)("fedora.toml, to fedora-messaging", () => {
  it("names the queue, its bindings and their routing keys", async () => {
    const conf = await load(fedoraToml(ARGS));
    expect(conf.queues).toEqual({
      [ARGS.queue]: { durable: true, auto_delete: true, exclusive: true, arguments: {} },
    });
    expect(conf.bindings).toEqual([{ queue: ARGS.queue, exchange: "amq.topic", routing_keys: ARGS.topics }]);
    expect(Object.keys(conf.exchanges)).toEqual(["amq.topic"]);
  });

  it("says who listens, where, and with what certificate", async () => {
    const conf = await load(fedoraToml(ARGS));
    expect(conf.client_properties).toMatchObject({ app: ARGS.app });
    expect(conf.amqp_url).toBe("amqps://fedora:@rabbitmq.fedoraproject.org/%2Fpublic_pubsub");
    const names = { ca_cert: "cacert", keyfile: "fedora-key", certfile: "fedora-cert" };
    const paths = Object.entries(names).map(([key, name]) => [key, `/etc/fedora-messaging/${name}.pem`]);
    expect(conf.tls).toEqual(Object.fromEntries(paths));
  });

  it("is refused with a key that fedora-messaging does not know", async () => {
    await expect(load(`no_such_key = 1\n${fedoraToml(ARGS)}`)).rejects.toThrow(/no_such_key/);
  });
});

async function load(text: string): Promise<Anything> {
  const file = join(temporaryFolder(), "fedora.toml");
  writeFileSync(file, text);
  const { stdout } = await python.run(["-c", LOAD], { env: { FEDORA_MESSAGING_CONF: file } });
  return JSON.parse(stdout);
}
