import type { KubernetesObject } from "../render/kubernetes-object.ts";
import type { ApiClient } from "./api-client.ts";

interface Pod extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    }[];
  };
}

interface Event extends KubernetesObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** What the cluster itself says of an object that is not ready: its warnings, and its pods' states and warnings. */
export async function reasons(client: ApiClient, object: KubernetesObject): Promise<string[]> {
  const { namespace } = object.metadata;
  if (namespace === undefined) return [];
  const [events, pods] = await Promise.all([
    client.list({ apiVersion: "v1", kind: "Event" }, { namespace }) as Promise<Event[]>,
    podsOf(client, object, namespace),
  ]);
  const warnings = (kind: string, name: string) =>
    events
      .filter(
        ({ involvedObject, type }) =>
          involvedObject.kind === kind && involvedObject.name === name && type !== "Normal",
      )
      .map(({ reason, message }) => ({ reason, message }));
  const said = [
    ...warnings(object.kind, object.metadata.name),
    ...pods.flatMap((pod) => {
      const lines = [...podState(pod), ...warnings("Pod", pod.metadata.name)];
      return lines.map((line) => ({ ...line, reason: `Pod ${pod.metadata.name}: ${line.reason}` }));
    }),
  ];
  // A pod's condition and its event often say the same.
  const first = said.filter(({ message }, i) => said.findIndex((other) => other.message === message) === i);
  return first.map(({ reason, message }) => `${reason}: ${message}`);
}

async function podsOf(client: ApiClient, object: KubernetesObject, namespace: string): Promise<Pod[]> {
  const { spec } = object as { spec?: { selector?: { matchLabels?: Record<string, string> } } };
  const labels = spec?.selector?.matchLabels;
  if (labels === undefined) return [];
  return client.list({ apiVersion: "v1", kind: "Pod" }, { namespace, labels }) as Promise<Pod[]>;
}

function podState({ status = {} }: Pod): { reason: string; message: string }[] {
  const conditions = (status.conditions ?? []).flatMap(({ status: state, message }) =>
    state === "False" && message !== undefined ? [{ reason: status.phase ?? "", message }] : [],
  );
  const waiting = (status.containerStatuses ?? []).flatMap(({ name, state }) => {
    const { reason, message = "" } = state?.waiting ?? {};
    return reason === undefined ? [] : [{ reason: `container ${name} waits, ${reason}`, message }];
  });
  return [...waiting, ...conditions];
}
