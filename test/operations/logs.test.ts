import { describe, expect, it } from "vitest";
import type { ApiClient } from "../../cluster/api-client.ts";
import { UserError } from "../../errors.ts";
import { follow, logs } from "../../operations/test-instances/logs.ts";

/** A cluster of one pod, which says a line between two looks. */
class Talking {
  readonly lines: string[];
  readonly #more: string[];
  readonly #done: () => void;

  constructor(lines: readonly string[], more: readonly string[] = [], done: () => void = () => {}) {
    this.lines = [...lines];
    this.#more = [...more];
    this.#done = done;
  }

  async list(_: unknown, { namespace }: { namespace: string }) {
    const metadata = { name: "pod", namespace, labels: { component: "packit-service" } };
    return namespace.endsWith("-builds") ? [] : [{ metadata, spec: { containers: [{ name: "main" }] } }];
  }

  async log(_: string, __: string, ___: string, options: Record<string, string>) {
    // The API server tells what is of the second of sinceTime, too.
    const since = options.sinceTime?.slice(0, 19) ?? "";
    const wanted = this.lines.filter((line) => line.slice(0, 19) >= since);
    const told = options.tailLines === undefined ? wanted : wanted.slice(-Number(options.tailLines));
    const next = this.#more.shift();
    if (next === undefined) this.#done();
    else this.lines.push(next);
    return told.map((line) => (options.timestamps ? line : line.split(" ").slice(1).join(" "))).join("\n");
  }

  get client(): ApiClient {
    // It is asked for nothing else.
    return this as unknown as ApiClient;
  }
}

const at = (millis: number, text: string) =>
  `2026-11-25T08:40:02.${String(millis).padStart(9, "0")}Z ${text}`;
const WANTED = { component: "packit-service", lines: 2 };

describe("the logs of an instance", () => {
  it("end with as many lines as are asked for", async () => {
    const { client } = new Talking([at(1, "one"), at(2, "two"), at(3, "three")]);
    expect(await logs(client, "one", WANTED)).toEqual([{ pod: "pod", container: "main", log: "two\nthree" }]);
  });

  it("go on with each line once, also with those of the same second", async () => {
    const stop = new AbortController();
    const more = [at(4, "four"), at(5, "five 5"), at(6, "")];
    const { client } = new Talking([at(1, "one"), at(2, "two"), at(3, "three")], more, () => stop.abort());
    const told: string[] = [];
    await follow(client, "one", WANTED, { tell: (line) => told.push(line), signal: stop.signal, everyMs: 1 });
    expect(told).toEqual(["two", "three", "four", "five 5", ""].map((line) => `pod main: ${line}`));
  });

  it("of a component that is not there are refused with those that are", async () => {
    const { client } = new Talking([]);
    const wrong = { component: "packit-servce", lines: 1 };
    const message =
      'There is no component "packit-servce". Did you mean packit-service? There are: packit-service.';
    await expect(logs(client, "one", wrong)).rejects.toThrow(new UserError(message));
    const { signal } = new AbortController();
    await expect(follow(client, "one", wrong, { tell: () => {}, signal })).rejects.toThrow(message);
  });
});
