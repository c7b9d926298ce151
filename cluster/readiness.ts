import type { KubernetesObject } from "../render/kubernetes-object.ts";

/** The fields of a workload's or claim's status that readiness is read from. */
interface Observed {
  readonly metadata: { readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

/** Why an object is not ready yet, in a few words; nothing if it is, or if its kind is ready as soon as it is there. */
export function notReady(object: KubernetesObject): string | undefined {
  // The API server made it, so that its status has the shape of its kind.
  const { metadata, spec, status = {} } = object as unknown as Observed;
  const stale = (status.observedGeneration ?? 0) < (metadata.generation ?? 0);
  const wanted = spec?.replicas ?? 1;
  switch (object.kind) {
    case "Deployment": {
      if (stale) return "its controller has not seen the last change yet";
      const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
      if (updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted) return undefined;
      return `${availableReplicas} of ${wanted} pods are available, ${updatedReplicas} are up to date`;
    }
    case "StatefulSet": {
      if (stale) return "its controller has not seen the last change yet";
      const { readyReplicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = status;
      const rolled = updatedReplicas === wanted || currentRevision === updateRevision;
      if (readyReplicas === wanted && status.replicas === wanted && rolled) return undefined;
      return `${readyReplicas} of ${wanted} pods are ready`;
    }
    case "PersistentVolumeClaim":
      return status.phase === "Bound" ? undefined : `it is ${status.phase ?? "not seen yet"}, not Bound`;
    case "Job": {
      const condition = (type: string) =>
        status.conditions?.find((one) => one.type === type && one.status === "True");
      const failed = condition("Failed");
      if (failed) return `it failed: ${failed.message ?? "no reason given"}`;
      return condition("Complete") ? undefined : "it has not completed yet";
    }
    case "CustomResourceDefinition": {
      const established = status.conditions?.some(
        ({ type, status }) => type === "Established" && status === "True",
      );
      return established ? undefined : "it is not established yet";
    }
    default:
      return undefined;
  }
}
