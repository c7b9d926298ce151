import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";

/** The right of the instance's pods to pull from the namespace, and what builds may reach. */
export function buildSurroundings(name: string): KubernetesObject[] {
  const [own, sandbox, builds] = namespacesOf(name);
  const labels = { [STACK_LABEL]: stackOf(name) };
  const group = (namespace: string) => ({
    apiGroup: "rbac.authorization.k8s.io",
    kind: "Group",
    name: `system:serviceaccounts:${namespace}`,
  });
  return [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "image-pullers", namespace: builds, labels },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:image-puller" },
      subjects: [own, sandbox].map(group),
    },
    policy(builds, "default-deny", labels, { policyTypes: ["Ingress", "Egress"] }),
    policy(builds, "builds", labels, {
      policyTypes: ["Egress"],
      egress: [
        { ports: ports(["UDP", "TCP"], [53, 5353]), to: [{ namespaceSelector: named(NAME_SERVERS) }] },
        { ports: ports(["TCP"], [5000]), to: [{ namespaceSelector: named(["openshift-image-registry"]) }] },
        {
          ports: ports(["TCP"], [80, 443]),
          to: [{ ipBlock: { cidr: "0.0.0.0/0", except: [...PRIVATE, "169.254.0.0/16"] } }],
        },
        // Builds tell the API server how far they are; which private address it has is the cluster's own affair.
        { ports: ports(["TCP"], [443, 6443]), to: PRIVATE.map((cidr) => ({ ipBlock: { cidr } })) },
      ],
    }),
  ];
}

/** Where the cluster's name service is. */
const NAME_SERVERS = ["openshift-dns", "kube-system"];

/** Where a cluster has its own addresses, but for those of its nodes' metadata. */
const PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];

function policy(namespace: string, name: string, labels: Readonly<Record<string, string>>, spec: object) {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace, labels },
    spec: { podSelector: {}, ...spec },
  };
}

function named(namespaces: readonly string[]) {
  return { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: namespaces }] };
}

function ports(protocols: readonly string[], numbers: readonly number[]) {
  return protocols.flatMap((protocol) => numbers.map((port) => ({ protocol, port })));
}
