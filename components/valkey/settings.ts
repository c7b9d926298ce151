import type { z } from "zod";
import { part } from "../../schema/part.ts";
import { refuse } from "../../schema/refuse.ts";
import { secret } from "../../schema/secrets/spec.ts";
import { bytes, inBytes } from "../../schema/values.ts";

export const valkeySettings = {
  valkey: part(
    // Saving and loading 3.5 GiB takes some 25 seconds of a processor.
    { requests: { cpu: "50m", memory: "4Gi" }, limits: { cpu: "1", memory: "4Gi" } },
    {
      maxMemory: bytes
        .default("3500Mi")
        .describe("What the data may take before keys with a TTL are evicted."),
      storage: bytes
        .default("8Gi")
        .describe("The size of the volume: a snapshot is written beside the former one."),
    },
  ).superRefine(({ maxMemory, storage, resources: { limits } }, context) => {
    if (inBytes(storage) < 2 * inBytes(maxMemory)) {
      refuse(context, {
        path: ["storage"],
        value: storage,
        allowed: `at least twice maxMemory, ${maxMemory}`,
        remedy: "raise storage or lower maxMemory: a full volume stops the queues",
      });
    }
    if (inBytes(maxMemory) > 0.875 * inBytes(limits.memory)) {
      refuse(context, {
        path: ["maxMemory"],
        value: maxMemory,
        allowed: `at most 7/8 of resources.limits.memory, ${limits.memory}`,
        remedy: "lower maxMemory or raise the limit: snapshots and buffers need the rest",
      });
    }
  }),
};

export type ValkeySettings = Readonly<z.output<z.ZodObject<typeof valkeySettings>>>;

export const valkeySecrets = {
  valkeyPassword: secret("generated", "Valkey's password", "word", { resource: "valkey" }),
};

/** Where others find it: its Service's name, and its pods' port. */
export const VALKEY = { part: "valkey", host: "valkey", port: 6379 } as const;

/** The queues' address, for a container whose environment has VALKEY_PASSWORD before it. */
export const VALKEY_URL = `redis://:$(VALKEY_PASSWORD)@${VALKEY.host}:${VALKEY.port}/0`;
