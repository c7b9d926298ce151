import { randomBytes } from "node:crypto";
import type { Settings } from "../../components/settings.ts";
import { podTemplate } from "../../kubernetes/pod.ts";
import { program } from "../../kubernetes/program.ts";
import { Destination } from "../../platform/destination.ts";
import { platformOf } from "../../platform/platform.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Attempt, Target } from "./targets.ts";

/** The label of the pods that try to reach hosts, with the stack as its value. */
export const CHECK_LABEL = "packit.dev/egress-check";

/** The name of the container, for its log. */
export const CHECK_CONTAINER = "egress-check";

/** How long each host has to answer, in seconds. */
const ANSWER_SECONDS = 5;

const SCRIPT = program(import.meta.dirname, "egress-check.py");

/** Little enough for any quota that has room for one pod more. */
const RESOURCES = { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "500m", memory: "192Mi" } };

export interface CheckPodArgs {
  readonly settings: Settings;
  readonly attempt: Attempt;
  /** The workers' image, which its nodes have. */
  readonly image: string;
  /** After how many seconds the cluster ends it, whoever made it. */
  readonly limitSeconds: number;
}

/** A pod with the network of another one, that no workload and no Service takes for that one. */
export function checkPod({ settings, attempt, image, limitSeconds }: CheckPodArgs): KubernetesObject {
  const { stack } = settings;
  const { namespace, component = "", serviceAccount, nodeSelector } = attempt.identity;
  // It has no files, and so no digest of any.
  const destination = new Destination({ stack, platform: platformOf(settings), namespace, digestKey: "" });
  const targets = attempt.targets.map(({ host, port }) => ({ host, port, tls: tlsOf({ port }) }));
  const { metadata, spec } = podTemplate({
    destination,
    workload: { component, pods: 0, surge: 1, containers: { [CHECK_CONTAINER]: RESOURCES } },
    containers: [
      {
        name: CHECK_CONTAINER,
        image: { reference: image, pullPolicy: "IfNotPresent" },
        command: ["python3", "-c", SCRIPT, String(ANSWER_SECONDS), JSON.stringify(targets)],
        env: { HOME: "/tmp" },
        // Who is not ready gets no requests: it has the label by which a Service finds its pods.
        readinessProbe: { exec: { command: ["false"] }, initialDelaySeconds: 300, periodSeconds: 300 },
      },
    ],
    serviceAccountName: serviceAccount,
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 1,
    nodeSelector,
  }) as { metadata: { labels: Record<string, string> }; spec: object };
  const { component: own, ...labels } = metadata.labels;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      // No StatefulSet takes it for one of its own: their pods end with a number.
      name: `egress-check-${randomBytes(4).toString("hex")}-pod`,
      namespace,
      labels: { ...labels, ...(own && { component: own }), [CHECK_LABEL]: stack },
    },
    spec: { ...spec, activeDeadlineSeconds: limitSeconds },
  };
}

/** What a port speaks: the message bus has certificates of its own, and of others than HTTPS nothing is known. */
function tlsOf({ port }: Pick<Target, "port">): "checked" | "unchecked" | "none" {
  if (port === 443) return "checked";
  return port === 5671 ? "unchecked" : "none";
}
