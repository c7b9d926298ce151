import type { Platform } from "../../platform/platform.ts";
import { buildRules } from "../image-builds/rights.ts";
import { IMAGE_BUILDS } from "../image-builds/settings.ts";

/** A rule of a Role. */
export interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
  /** @default - every object */
  readonly resourceNames?: string[];
}

/**
 * What Pulumi's provider does with each object, by server-side apply alone: it looks, makes (which the API server asks
 * both `create` and `patch` for), changes and removes it, and watches its kind until it is ready or gone. It never
 * needs `update`.
 */
export const MANAGED = ["get", "list", "watch", "create", "patch", "delete"];

/** What tells the provider why something is not ready. */
const WATCHED = ["get", "list", "watch"];

type Kinds = Readonly<Record<string, readonly string[]>>;

const RBAC = "rbac.authorization.k8s.io";
const OPENSHIFT_IMAGES = "image.openshift.io";
const ROUTES = "route.openshift.io";

/**
 * What may be done in a stack's own namespace. The list is the same for each switch of a platform: a deployer that had
 * only what the stack has now could neither add a part nor take the last object of a kind away.
 */
export function ownRules(platform: Platform): Rule[] {
  const isTenant = platform.namespaces.by === "operator";
  const kinds: Kinds = {
    "": ["configmaps", "persistentvolumeclaims", "resourcequotas", "secrets", "serviceaccounts", "services"],
    apps: ["deployments", "statefulsets"],
    batch: ["cronjobs", "jobs"],
    "networking.k8s.io": ["networkpolicies", ...(platform.exposure.by === "ingress" ? ["ingresses"] : [])],
    policy: ["poddisruptionbudgets"],
    [RBAC]: ["roles", "rolebindings"],
    ...(platform.exposure.by === "route" && { [ROUTES]: ["routes"] }),
    ...(platform.imageStreams && { [OPENSHIFT_IMAGES]: ["imagestreams"] }),
    ...(isTenant && { "tenant.paas.redhat.com": ["tenantegresses"] }),
  };
  return [
    ...managed(kinds),
    ...watched({ "": ["events", "pods"], apps: ["replicasets"] }),
    // OpenShift asks for this besides, where a Route names its host.
    ...(platform.exposure.by === "route"
      ? [{ apiGroups: [ROUTES], resources: ["routes/custom-host"], verbs: ["create", "update"] }]
      : []),
    ...(platform.imageStreams ? OF_IMAGE_IMPORT : []),
  ];
}

/** What may be done in the sandbox's namespace. */
export function sandboxRules(platform: Platform): Rule[] {
  const kinds: Kinds = {
    "": ["persistentvolumeclaims", "resourcequotas"],
    "networking.k8s.io": ["networkpolicies"],
    [RBAC]: ["roles", "rolebindings"],
  };
  return [
    ...managed(kinds),
    ...watched({ "": ["events"] }),
    ...OF_WORKERS,
    ...(platform.imageStreams ? OF_CACHE_REFRESH : []),
  ];
}

/** What may be done in the namespace where OpenShift builds images. */
export function buildsRules(): Rule[] {
  return [
    ...managed({
      "": ["configmaps", "secrets"],
      "networking.k8s.io": ["networkpolicies"],
      [RBAC]: ["roles", "rolebindings"],
      [OPENSHIFT_IMAGES]: ["imagestreams"],
      "build.openshift.io": ["buildconfigs"],
    }),
    ...watched({ "": ["events"] }),
    ...buildRules(IMAGE_BUILDS),
  ];
}

/**
 * What the Roles of a stack give to others. Kubernetes lets nobody give what he does not have, unless he may `escalate`
 * or `bind`: then he could give himself everything. So the deployer has these rights as well.
 */
const OF_IMAGE_IMPORT: readonly Rule[] = [
  { apiGroups: [OPENSHIFT_IMAGES], resources: ["imagestreams"], verbs: ["update"] },
  { apiGroups: [OPENSHIFT_IMAGES], resources: ["imagestreamimports"], verbs: ["create"] },
];
const OF_WORKERS: readonly Rule[] = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "create", "delete"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["get", "create"] },
];
const OF_CACHE_REFRESH: readonly Rule[] = [
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "get", "list", "watch", "delete"] },
];

/**
 * What may be done with the namespace itself: a Role in it speaks of it, and of no other one. The provider looks at it in
 * each run. To change it is left to a person: who may take away what Pod Security holds its pods to, or choose their
 * users, has the nodes.
 */
export function namespaceRule(name: string): Rule {
  return { apiGroups: [""], resources: ["namespaces"], verbs: ["get"], resourceNames: [name] };
}

/**
 * What whoever comes by a token of GitHub's may do: have a token of the deployer's account made. One of GitHub's is over
 * after five minutes, which is too soon. The deployer, who declares this, has the right itself; it can make such tokens
 * anyhow, as Secrets.
 */
export function loginRule(account: string): Rule {
  return {
    apiGroups: [""],
    resources: ["serviceaccounts/token"],
    verbs: ["create"],
    resourceNames: [account],
  };
}

/** What may be done where a tenant of the Managed Platform asks for namespaces: the stack's own request may be seen. */
export function tenantRules(request: string, role: string): Rule[] {
  return [
    {
      apiGroups: ["tenant.paas.redhat.com"],
      resources: ["tenantnamespaces"],
      verbs: ["get"],
      resourceNames: [request],
    },
    {
      apiGroups: [RBAC],
      resources: ["roles", "rolebindings"],
      verbs: ["get"],
      resourceNames: [role],
    },
  ];
}

function managed(kinds: Kinds): Rule[] {
  return rules(kinds, MANAGED);
}

function watched(kinds: Kinds): Rule[] {
  return rules(kinds, WATCHED);
}

function rules(kinds: Kinds, verbs: readonly string[]): Rule[] {
  return Object.entries(kinds).map(([group, resources]) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: [...verbs],
  }));
}
