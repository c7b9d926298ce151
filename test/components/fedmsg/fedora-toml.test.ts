import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fedoraToml } from "../../../components/fedmsg/fedora-toml.ts";
import type { Anything } from "../../support/anything.ts";

const text = fc.string({ unit: "binary" }).filter((value) => value.isWellFormed());
const args = fc.record({ app: text, queue: fc.uuid(), topics: fc.array(text) });

describe("fedora.toml", () => {
  it("says to Python's own TOML reader what it was made from", () => {
    const samples = fc.sample(args, 200);
    const documents = read(samples.map(fedoraToml));
    const seen = documents.map(({ client_properties, queues, bindings }) => ({
      app: client_properties.app,
      queue: Object.keys(queues)[0],
      topics: bindings[0].routing_keys,
    }));
    expect(seen).toEqual(samples);
  });

  it("keeps the queue to one consumer, and for as long as it is connected", () => {
    const [document] = read([fedoraToml({ app: "Packit", queue: "q", topics: ["t"] })]);
    expect(document.queues.q).toEqual({ durable: true, auto_delete: true, exclusive: true, arguments: {} });
    expect(document.bindings).toEqual([{ queue: "q", exchange: "amq.topic", routing_keys: ["t"] }]);
  });
});

function read(texts: readonly string[]): Anything[] {
  const script =
    "import json, sys, tomllib; print(json.dumps([tomllib.loads(t) for t in json.load(sys.stdin)]))";
  return JSON.parse(
    execFileSync("python3", ["-c", script], { input: JSON.stringify(texts), maxBuffer: 2 ** 28 }).toString(),
  );
}
