import { z } from "zod";
import { part } from "./part.ts";
import type { resources } from "./resources.ts";
import { count, flag, positive, seconds } from "./values.ts";

interface PoolDefaults {
  readonly replicas: number;
  readonly concurrency: number;
  readonly grace: number;
  readonly resources: Parameters<typeof resources>[0];
}

const pool = (defaults: PoolDefaults) =>
  part(defaults.resources, {
    replicas: count.default(defaults.replicas).describe("Worker pods; 0 leaves the pool out."),
    concurrency: positive
      .default(defaults.concurrency)
      .describe("Tasks that a worker runs at once: 1 in a process, more as greenlets."),
    terminationGracePeriodSeconds: seconds
      .default(defaults.grace)
      .describe("How long a worker may finish its tasks before it is killed."),
  });

const worker = { requests: { cpu: "100m", memory: "768Mi" }, limits: { cpu: "2", memory: "2Gi" } };

/** The settings of what runs Packit's own code: how many pods, with what resources, on which nodes. */
export const workloads = {
  maintenance: flag
    .default(false)
    .describe(
      "Stop everything that writes to the database and the queues: the API, workers, beat and the listener.",
    ),
  service: part(
    { requests: { cpu: "10m", memory: "320Mi" }, limits: { cpu: "200m", memory: "512Mi" } },
    { replicas: positive.default(1).describe("API pods.") },
  ).describe("The API, which takes the webhooks."),
  migration: part(
    { requests: { cpu: "10m", memory: "320Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    {
      timeoutSeconds: seconds.default(1800).describe("How long a migration may take before it has failed."),
    },
  ).describe("The migration of the database, which runs before the API."),
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
  beat: part({ requests: { cpu: "5m", memory: "160Mi" }, limits: { cpu: "50m", memory: "256Mi" } }),
  withFedmsg: flag.default(true).describe("Listen to Fedora's message bus."),
  fedmsg: part({ requests: { cpu: "5m", memory: "88Mi" }, limits: { cpu: "50m", memory: "128Mi" } }),
};
