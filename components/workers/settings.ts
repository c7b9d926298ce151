import { z } from "zod";
import { part } from "../../schema/part.ts";
import type { Resources } from "../../schema/resources.ts";
import { count, positive, seconds } from "../../schema/values.ts";
import { ownImage } from "../images.ts";

interface PoolDefaults {
  readonly replicas: number;
  readonly concurrency: number;
  readonly grace: number;
  readonly resources: Resources;
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

export const workersSettings = {
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
};

export type WorkersSettings = Readonly<z.output<z.ZodObject<typeof workersSettings>>>;

export const workersImages = {
  worker: ownImage("Workers, beat, migration and backup.", {
    stream: "packit-worker",
    repository: "packit-worker",
    source: { repository: "packit-service", dockerfile: "files/docker/Dockerfile.worker" },
  }),
};
