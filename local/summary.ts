import Table from "cli-table3";
import type { ApiClient } from "../cluster/api-client.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import type { Seconds } from "./phases.ts";

interface Pod extends KubernetesObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
}

interface Workload extends KubernetesObject {
  readonly spec: { readonly replicas?: number };
}

interface Claim extends KubernetesObject {
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

/**
 * A table of what runs in the namespaces of a stack: each component, its pods, where they run, and its volumes; and what
 * is declared without pods.
 *
 * @param why Why a workload has no pods.
 */
export async function summary(
  client: ApiClient,
  namespaces: readonly string[],
  why: string,
): Promise<string> {
  const table = new Table({
    head: ["component", "pod", "node", "volume"],
    style: { head: [], border: [], compact: true },
  });
  for (const namespace of namespaces) {
    const [workloads, pods, claims] = await Promise.all([
      workloadsIn(client, namespace),
      client.list({ apiVersion: "v1", kind: "Pod" }, { namespace }) as Promise<Pod[]>,
      client.list({ apiVersion: "v1", kind: "PersistentVolumeClaim" }, { namespace }) as Promise<Claim[]>,
    ]);
    const used = new Set<string>();
    table.push([{ colSpan: 4, content: `namespace ${namespace}` }]);
    for (const pod of pods) {
      const names = (pod.spec.volumes ?? []).flatMap(
        ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
      );
      for (const name of names) used.add(name);
      const volumes = claims.filter(({ metadata }) => names.includes(metadata.name)).map(volume);
      const component = pod.metadata.labels?.component ?? "-";
      table.push([
        component,
        suffix(pod.metadata.name, component),
        pod.spec.nodeName ?? "none",
        volumes.join("\n") || "-",
      ]);
    }
    for (const { metadata } of workloads.filter(({ spec }) => spec.replicas === 0)) {
      table.push([metadata.name, "none", { colSpan: 2, content: why }]);
    }
    for (const claim of claims.filter(({ metadata }) => !used.has(metadata.name))) {
      table.push([{ colSpan: 3, content: claim.metadata.name }, volume(claim)]);
    }
  }
  return table.toString();
}

async function workloadsIn(client: ApiClient, namespace: string): Promise<Workload[]> {
  const kinds = ["Deployment", "StatefulSet"].map((kind) => ({ apiVersion: "apps/v1", kind }));
  const lists = await Promise.all(kinds.map((kind) => client.list(kind, { namespace })));
  return lists.flat() as Workload[];
}

/** How long each phase took, on one line. */
export function timing(seconds: Seconds): string {
  const total = seconds.reduce((sum, phase) => sum + phase.seconds, 0);
  const phases = seconds.map((phase) => `${phase.title} ${phase.seconds.toFixed(1)}`);
  return `Seconds: ${phases.join(", ")}\n         total ${total.toFixed(1)}`;
}

function volume({ status }: Claim): string {
  return `${status?.capacity?.storage ?? "?"} ${status?.phase ?? "?"}`;
}

/** What follows the component in a pod's name. */
function suffix(name: string, component: string): string {
  return name.startsWith(`${component}-`) ? `…${name.slice(component.length)}` : name;
}
