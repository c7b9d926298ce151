import { z } from "zod";
import { refuse } from "./refuse.ts";
import { resources } from "./resources.ts";
import { bytes, count, flag, inBytes, labelKey, labelValue, line, positive, seconds } from "./values.ts";

const nodeSelector = z
  .record(labelKey, labelValue)
  .default({})
  .describe("Labels of the nodes that the pods are confined to; none by default.");

interface PoolDefaults {
  readonly replicas: number;
  readonly concurrency: number;
  readonly grace: number;
  readonly resources: Parameters<typeof resources>[0];
}

const pool = (defaults: PoolDefaults) =>
  z
    .strictObject({
      replicas: count.default(defaults.replicas).describe("Worker pods; 0 leaves the pool out."),
      concurrency: positive
        .default(defaults.concurrency)
        .describe("Tasks that a worker runs at once: 1 in a process, more as greenlets."),
      terminationGracePeriodSeconds: seconds
        .default(defaults.grace)
        .describe("How long a worker may finish its tasks before it is killed."),
      resources: resources(defaults.resources),
      nodeSelector,
    })
    .prefault({});

const small = { requests: { cpu: "5m", memory: "160Mi" }, limits: { cpu: "50m", memory: "256Mi" } };
const worker = { requests: { cpu: "100m", memory: "768Mi" }, limits: { cpu: "2", memory: "2Gi" } };

/** The settings of what runs: how many pods, with what resources, on which nodes. */
export const workloads = {
  service: z
    .strictObject({
      replicas: positive.default(1).describe("API pods."),
      resources: resources({
        requests: { cpu: "10m", memory: "320Mi" },
        limits: { cpu: "200m", memory: "512Mi" },
      }),
      nodeSelector,
    })
    .prefault({})
    .describe("The API, which takes the webhooks."),
  workers: z
    .strictObject({
      generic: pool({
        replicas: 0,
        concurrency: 1,
        grace: 900,
        resources: { requests: { cpu: "100m", memory: "384Mi" }, limits: { cpu: "400m", memory: "1Gi" } },
      }).describe("Workers that serve every queue."),
      shortRunning: pool({
        replicas: 1,
        concurrency: 16,
        grace: 300,
        resources: { ...worker, requests: { ...worker.requests, cpu: "80m" } },
      }).describe("Workers of the short-running queue."),
      longRunning: pool({ replicas: 1, concurrency: 1, grace: 900, resources: worker }).describe(
        "Workers of the long-running and rate-limited queues. They and the generic ones clone repositories.",
      ),
      retryLimit: count.default(2).describe("How often a failed task is tried again."),
      retryBackoffSeconds: seconds.default(3).describe("The wait before the first new try; it doubles."),
    })
    .prefault({}),
  withBeat: flag.default(true).describe("Run the scheduler of periodic tasks."),
  beat: z.strictObject({ resources: resources(small), nodeSelector }).prefault({}),
  withFedmsg: flag.default(true).describe("Listen to Fedora's message bus."),
  fedmsg: z
    .strictObject({
      resources: resources({
        requests: { cpu: "5m", memory: "88Mi" },
        limits: { cpu: "50m", memory: "128Mi" },
      }),
      nodeSelector,
    })
    .prefault({}),
  postgres: z
    .strictObject({
      version: z
        .literal([13, 15])
        .default(15)
        .describe("The major version; it is part of the objects' names."),
      user: line.default("packit").describe("The user that the service connects as."),
      database: line.default("packit").describe("The name of the database."),
      storage: bytes.default("2Gi").describe("The size of the database's volume."),
      resources: resources({
        requests: { cpu: "30m", memory: "256Mi" },
        limits: { cpu: "2", memory: "512Mi" },
      }),
      nodeSelector,
    })
    .prefault({}),
  valkey: z
    .strictObject({
      maxMemory: bytes
        .default("3500Mi")
        .describe("What the data may take before keys with a TTL are evicted."),
      storage: bytes
        .default("8Gi")
        .describe("The size of the volume: a snapshot is written beside the former one."),
      resources: resources({
        requests: { cpu: "50m", memory: "4Gi" },
        limits: { cpu: "50m", memory: "4Gi" },
      }),
      nodeSelector,
    })
    .superRefine(({ maxMemory, storage, resources: { limits } }, context) => {
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
    })
    .prefault({}),
};
