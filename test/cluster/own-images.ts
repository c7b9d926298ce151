import { Agent } from "undici";
import type { ApiClient } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import { type Import, importImages } from "../../operations/images/import.ts";
import { chosenImages, stackImages } from "../../operations/images/stack-images.ts";
import { Registry } from "../../registry/registry.ts";
import { FakeRegistry } from "../support/registry.ts";
import type { TestStack } from "./stack.ts";

export const WORKERS = ["packit-worker-long-running", "packit-worker-short-running"];
export const WORKER = ["packit-worker"];
const OWN = ["packit-service", ...WORKER];

/** What asks a registry on this machine. */
export const registry = new Registry({ dispatcher: new Agent() });

/** A registry on this machine that has the images of the API and of the workers, each a list of two. */
export async function ownImages() {
  const server = await new FakeRegistry().start();
  for (const name of OWN) server.pushList(`packit/${name}:stg`, ["1", "arm"]);
  const reference = (name: string) => `${server.host}/packit/${name}:stg`;
  return { server, images: { service: reference("packit-service"), worker: reference("packit-worker") } };
}

export interface Options {
  readonly client?: ApiClient;
  readonly named?: readonly string[];
  readonly restartStuck?: readonly string[];
  readonly isDry?: boolean;
  readonly limitSeconds?: number;
}

/** What `./ops images import` does for a stack. */
export async function bringIn(stack: TestStack, changes: object, options: Options = {}): Promise<Import[]> {
  const { client = stack.client, named = OWN, restartStuck = [], isDry = false } = options;
  const all = stackImages(stack.settings({ ...changes }), await stack.objects({ ...changes }));
  return importImages({
    ...{ client, registry, namespace: stack.namespace, tag: "stg", restartStuck, isDry },
    images: chosenImages(all, named),
    limitSeconds: options.limitSeconds ?? 40,
    signal: new AbortController().signal,
    report: () => {},
  });
}

/** Waits until an apply changes nothing: controllers write to workloads once more after a rollout. */
export async function settled(stack: TestStack, changes: object): Promise<void> {
  const unchanged = async () => (await stack.up({ ...changes })).changed.length === 0;
  await until(unchanged, { what: "an apply that changes nothing", limitSeconds: 20 });
}
