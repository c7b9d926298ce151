import { z } from "zod";
import { refuse } from "./refuse.ts";
import { bytes, cpu, inBytes, inProcessors } from "./values.ts";

/** What a container asks for, and may use at most. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** The schema of a container's resources; a stack file names only those of the four that differ from `defaults`. */
export function resources(defaults: Resources) {
  const amount = (of: { cpu: string; memory: string }) =>
    z
      .strictObject({
        cpu: cpu.default(of.cpu).describe("Processors."),
        memory: bytes.default(of.memory).describe("Bytes of memory."),
      })
      .prefault({});
  return z
    .strictObject({
      requests: amount(defaults.requests).describe("What the scheduler sets aside."),
      limits: amount(defaults.limits).describe("Where the container is throttled (cpu) or killed (memory)."),
    })
    .superRefine(({ requests, limits }, context) => {
      const excess = (resource: "cpu" | "memory", size: (quantity: string) => number) => {
        if (size(requests[resource]) <= size(limits[resource])) return;
        refuse(context, {
          path: ["requests", resource],
          value: requests[resource],
          allowed: `at most the limit, ${limits[resource]}`,
          remedy: `lower the request or raise limits.${resource}`,
        });
      };
      excess("cpu", inProcessors);
      excess("memory", inBytes);
    })
    .prefault({});
}
