import { z } from "zod";
import { type Amounts, NOTHING, podAmounts, sum } from "../kubernetes/amounts.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { inBytes } from "../schema/values.ts";
import { claim, sizeOf } from "./claim.ts";
import { DEFAULT_REPLICAS } from "./workload.ts";

const amounts = z.object({ cpu: z.string(), memory: z.string() });
const containers = z.array(
  z.object({ name: z.string(), resources: z.object({ requests: amounts, limits: amounts }) }),
);
const workload = z.object({
  kind: z.enum(["Deployment", "StatefulSet"]),
  spec: z.object({
    replicas: z.number().default(DEFAULT_REPLICAS),
    template: z.object({
      spec: z.object({ containers, initContainers: containers.default([]) }),
    }),
  }),
});
/** What the declared pods ask for and may take, and the declared volumes, all the time. */
export function totalsOf(objects: readonly KubernetesObject[]): Amounts {
  return sum(objects.flatMap((object) => [...podsOf(object), ...volumeOf(object)]));
}

function podsOf(object: KubernetesObject): Amounts[] {
  const { data } = workload.safeParse(object);
  if (data === undefined) return [];
  const { replicas, template } = data.spec;
  const one = podAmounts({
    component: object.metadata.name,
    pods: replicas,
    surge: 0,
    containers: byName(template.spec.containers),
    initContainers: byName(template.spec.initContainers),
  });
  return Array.from({ length: replicas }, () => one);
}

function volumeOf(object: KubernetesObject): Amounts[] {
  const { data } = claim.safeParse(object);
  return data ? [{ ...NOTHING, storage: inBytes(sizeOf(data)) }] : [];
}

function byName(list: z.output<typeof containers>) {
  return Object.fromEntries(list.map(({ name, resources }) => [name, resources]));
}
