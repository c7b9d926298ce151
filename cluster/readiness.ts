import type { KubernetesObject } from "../render/kubernetes-object.ts";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly generation?: number;
}

/** The fields that readiness is read from, of all kinds that take a while to be ready. */
interface Observed {
  readonly metadata: { readonly generation?: number };
  readonly spec?: {
    readonly replicas?: number;
    readonly host?: string;
    readonly ingressClassName?: string;
    readonly tags?: readonly { readonly name: string; readonly generation?: number | null }[];
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly ingress?: readonly {
      readonly host?: string;
      readonly routerName?: string;
      readonly conditions?: readonly Condition[];
    }[];
    readonly loadBalancer?: { readonly ingress?: readonly object[] };
    readonly tags?: readonly {
      readonly tag: string;
      readonly items?: readonly { readonly generation?: number }[] | null;
      readonly conditions?: readonly Condition[];
    }[];
  };
}

/** Why an object is not ready. */
export interface Unready {
  /** In a few words, the cluster's own where it has said any. */
  readonly reason: string;
  /** Whether the cluster has turned it down, so that it may never be ready as it is. */
  readonly isRefused: boolean;
}

type Rule = (object: Observed) => Unready | undefined;

const RULES: Readonly<Record<string, Rule>> = {
  Deployment(object) {
    if (isStale(object)) return STALE;
    const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = object.status ?? {};
    const wanted = object.spec?.replicas ?? 1;
    if (updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted) return undefined;
    return pending(`${availableReplicas} of ${wanted} pods are available, ${updatedReplicas} are up to date`);
  },

  StatefulSet(object) {
    if (isStale(object)) return STALE;
    const { replicas, readyReplicas = 0, updatedReplicas = 0, ...status } = object.status ?? {};
    const wanted = object.spec?.replicas ?? 1;
    const rolled = updatedReplicas === wanted || status.currentRevision === status.updateRevision;
    if (readyReplicas === wanted && replicas === wanted && rolled) return undefined;
    return pending(`${readyReplicas} of ${wanted} pods are ready`);
  },

  PersistentVolumeClaim({ status: { phase = "not seen yet" } = {} }) {
    return phase === "Bound" ? undefined : pending(`it is ${phase}, not Bound`);
  },

  Job({ status }) {
    const failed = find(status?.conditions, "Failed", "True");
    if (failed) return refused(`it failed: ${failed.message ?? "no reason given"}`);
    return find(status?.conditions, "Complete", "True") ? undefined : pending("it has not completed yet");
  },

  CustomResourceDefinition({ status }) {
    return find(status?.conditions, "Established", "True") ? undefined : pending("it is not established yet");
  },

  Route({ spec, status }) {
    // What a router has said of a former host is no word on this one.
    const routers = (status?.ingress ?? []).filter(({ host }) => host === spec?.host);
    const refusals = routers.flatMap(({ routerName, conditions }) => {
      const refusal = find(conditions, "Admitted", "False");
      return refusal ? [`router ${routerName} refuses it, ${said(refusal)}`] : [];
    });
    if (refusals.length > 0) return refused(refusals.join("; "));
    const isAdmitted = routers.some(({ conditions }) => find(conditions, "Admitted", "True"));
    return isAdmitted ? undefined : pending("no router has admitted it yet");
  },

  Ingress({ spec, status }) {
    if ((status?.loadBalancer?.ingress ?? []).length > 0) return undefined;
    return pending(
      `it has no address: no Ingress controller of ${spec?.ingressClassName ?? "the default class"} serves it yet`,
    );
  },

  ImageStream({ spec, status }) {
    const unready = (spec?.tags ?? []).flatMap(({ name, generation }) => {
      const { items, conditions } = status?.tags?.find(({ tag }) => tag === name) ?? {};
      // A tag that was changed since has a higher generation than all that is said of its former image.
      const wanted = generation ?? 0;
      const failed = find(conditions, "ImportSuccess", "False");
      if (failed && (failed.generation ?? wanted) >= wanted)
        return [refused(`the import of tag ${name} fails, ${said(failed)}`)];
      const [latest] = items ?? [];
      const isImported = latest !== undefined && (latest.generation ?? wanted) >= wanted;
      return isImported ? [] : [pending(`tag ${name} is not imported yet`)];
    });
    if (unready.length === 0) return undefined;
    return {
      reason: unready.map(({ reason }) => reason).join("; "),
      isRefused: unready.some(({ isRefused }) => isRefused),
    };
  },
};

/** Whether an object takes a while to be ready: one of another kind is so as soon as it is there. */
export function takesTime({ kind }: Pick<KubernetesObject, "kind">): boolean {
  return Object.hasOwn(RULES, kind);
}

/** Why an object is not ready; nothing if it is. */
export function notReady(object: KubernetesObject): Unready | undefined {
  // The API server made it, so that its status has the shape of its kind.
  return RULES[object.kind]?.(object as unknown as Observed);
}

const STALE = pending("its controller has not seen the last change yet");

function isStale({ metadata, status }: Observed): boolean {
  return (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);
}

function find(conditions: readonly Condition[] | undefined, type: string, status: string) {
  return conditions?.find((one) => one.type === type && one.status === status);
}

function said({ reason, message }: Condition): string {
  return [reason, message].filter(Boolean).join(": ") || "no reason given";
}

function pending(reason: string): Unready {
  return { reason, isRefused: false };
}

function refused(reason: string): Unready {
  return { reason, isRefused: true };
}
