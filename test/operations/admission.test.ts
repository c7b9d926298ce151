import { beforeAll, describe, expect, it } from "vitest";
import { refuseUnfit } from "../../operations/test-instances/admission.ts";
import { REAPER } from "../../operations/test-instances/management.ts";
import { ownProgram } from "../../operations/test-instances/program.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { evaluationOf } from "../support/evaluation.ts";
import { ROOT } from "../support/stacks.ts";

const HOSTS = ["one", "one-dashboard", "one-workers"].map((label) => `${label}.apps.example.com`);
const SPACE = "packit-test-one";
const RBAC = "rbac.authorization.k8s.io/v1";
const labels = { [STACK_LABEL]: "test-one" };

let own: readonly KubernetesObject[];

beforeAll(async () => {
  own = await ownProgram(ROOT).objects(await evaluationOf());
});

describe("what a test instance may have", () => {
  it.each([
    "openshift",
    "kubernetes",
  ])("is all that this project's own program declares, on %s", async (platform) => {
    const objects = await ownProgram(ROOT).objects(await evaluationOf({ platform }));
    expect(() => refuse(objects)).not.toThrow();
  });

  it("is refused at once, and named", () => {
    const wrong = [
      object("ClusterRoleBinding", { name: "root", namespace: undefined }, {}, RBAC),
      object("ConfigMap", { namespace: "packit--stg" }),
    ];
    expect(() => refuse([...own, ...wrong])).toThrow(
      /^The program of one declares .* nothing was made:\n {2}ClusterRoleBinding root: .*\n {2}ConfigMap packit--stg\/a: it is not in packit-test-one or packit-test-one-sandbox$/,
    );
  });

  const pod = (spec: object) => object("Deployment", {}, { spec: { template: { spec } } }, "apps/v1");
  const container = (more: object) => pod({ containers: [{ name: "a", ...more }] });
  const role = (rule: object) =>
    object("Role", {}, { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"], ...rule }] }, RBAC);
  const binding = (roleRef: object, subject: object) =>
    object(
      "RoleBinding",
      { namespace: `${SPACE}-sandbox` },
      {
        roleRef: {
          kind: "Role",
          apiGroup: "rbac.authorization.k8s.io",
          name: "packit-worker-sandbox",
          ...roleRef,
        },
        subjects: [{ kind: "ServiceAccount", name: "packit-worker", namespace: SPACE, ...subject }],
      },
      RBAC,
    );
  const claim = (spec: object) => object("PersistentVolumeClaim", {}, { spec });
  const namespace = (metadata: object, more: object = {}) =>
    object("Namespace", { name: SPACE, namespace: undefined, ...metadata }, more);

  it.each<readonly [what: string, object: KubernetesObject]>([
    ["a cluster's role", object("ClusterRole", { namespace: undefined }, {}, RBAC)],
    ["a binding of a cluster's role", object("ClusterRoleBinding", { namespace: undefined }, {}, RBAC)],
    [
      "a definition of kinds",
      object("CustomResourceDefinition", { namespace: undefined }, {}, "apiextensions.k8s.io/v1"),
    ],
    [
      "a webhook",
      object("MutatingWebhookConfiguration", { namespace: undefined }, {}, "admissionregistration.k8s.io/v1"),
    ],
    ["a volume", object("PersistentVolume", { namespace: undefined })],
    ["a pod that nobody looks after", object("Pod")],
    ["a kind of a name that all objects have", object("constructor", {}, {}, "v1")],
    ["a list", object("List", {}, { items: [] })],
    ["a known kind of another group", object("Secret", {}, {}, "example.com/v1")],
    ["an object of stage", object("ConfigMap", { name: "nginx-config", namespace: "packit--stg" })],
    ["an object of its own builds' namespace", object("ConfigMap", { namespace: `${SPACE}-builds` })],
    ["an object of no namespace", object("ConfigMap", { namespace: undefined })],
    ["an object of no stack", object("ConfigMap", { labels: undefined })],
    ["an object of another instance", object("ConfigMap", { labels: { [STACK_LABEL]: "test-two" } })],
    ["the instance's stand-ins", object("Secret", { name: "packit-stand-ins" })],
    ["another namespace", namespace({ name: "packit--stg" })],
    ["another instance's namespace", namespace({ name: "packit-test-two" })],
    ["a namespace in a namespace", namespace({ namespace: SPACE })],
    [
      "a namespace of privileged pods",
      namespace({ labels: { ...labels, "pod-security.kubernetes.io/enforce": "privileged" } }),
    ],
    [
      "a namespace that others' policies know",
      namespace({ labels: { ...labels, "network.openshift.io/policy-group": "ingress" } }),
    ],
    ["a namespace that says it is kept", namespace({ labels: { ...labels, "packit.dev/keep": "true" } })],
    ["a namespace of another pool", namespace({ labels: { ...labels, "packit.dev/pool": "other" } })],
    [
      "the quota that it was admitted with",
      object("ResourceQuota", { name: "admitted" }, { spec: { hard: {} } }),
    ],
    ["the reaper's role", object("Role", { name: REAPER }, { rules: [] }, RBAC)],
    ["the reaper's binding", object("RoleBinding", { name: REAPER }, { subjects: [] }, RBAC)],
    ["a namespace that is placed", namespace({ annotations: { "openshift.io/node-selector": "" } })],
    ["a namespace with finalizers", namespace({}, { spec: { finalizers: ["a"] } })],
    [
      "an account with a role at the cloud",
      object("ServiceAccount", { annotations: { "eks.amazonaws.com/role-arn": "a" } }),
    ],
    ["an account's token", object("Secret", {}, { type: "kubernetes.io/service-account-token" })],
    ["a Service outside", object("Service", {}, { spec: { type: "LoadBalancer" } })],
    ["a Service at another's address", object("Service", {}, { spec: { externalIPs: ["192.0.2.1"] } })],
    [
      "a Service at another's name",
      object("Service", {}, { spec: { type: "ExternalName", externalName: "a" } }),
    ],
    ["a claim of a certain volume", claim({ volumeName: "a" })],
    [
      "a claim of others' data",
      claim({ dataSourceRef: { kind: "PersistentVolumeClaim", name: "a", namespace: "packit--stg" } }),
    ],
    [
      "a claim of certain volumes in a template",
      object("StatefulSet", {}, { spec: { volumeClaimTemplates: [claim({ selector: {} })] } }, "apps/v1"),
    ],
    ["a folder of the node", pod({ volumes: [{ name: "a", hostPath: { path: "/" } }] })],
    ["a volume of another driver", pod({ volumes: [{ name: "a", csi: { driver: "a" } }] })],
    ["a volume of a server", pod({ volumes: [{ name: "a", nfs: { server: "a", path: "/" } }] })],
    ["the node's network", pod({ hostNetwork: true })],
    ["the node's processes", pod({ hostPID: true })],
    ["a certain node", pod({ nodeName: "a" })],
    ["precedence over others", pod({ priorityClassName: "system-cluster-critical" })],
    ["others' account", pod({ serviceAccountName: "packit-worker-of-stage" })],
    ["others' account by its former name", pod({ serviceAccount: "deployer" })],
    ["a port of the node", container({ ports: [{ containerPort: 1, hostPort: 1 }] })],
    ["all rights", container({ securityContext: { privileged: true } })],
    ["more rights", container({ securityContext: { allowPrivilegeEscalation: true } })],
    ["capabilities", container({ securityContext: { capabilities: { add: ["SYS_ADMIN"] } } })],
    ["no seccomp", pod({ securityContext: { seccompProfile: { type: "Unconfined" } } })],
    ["another label of SELinux", pod({ securityContext: { seLinuxOptions: { type: "spc_t" } } })],
    [
      "all rights before the start",
      pod({ initContainers: [{ name: "a", securityContext: { privileged: true } }] }),
    ],
    [
      "all rights of a Job",
      object("Job", {}, { spec: { template: { spec: { hostPID: true } } } }, "batch/v1"),
    ],
    [
      "all rights of a CronJob",
      object(
        "CronJob",
        {},
        { spec: { jobTemplate: { spec: { template: { spec: { hostPID: true } } } } } },
        "batch/v1",
      ),
    ],
    [
      "the right to give rights",
      role({ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["escalate"] }),
    ],
    ["the right to any verb", role({ verbs: ["*"] })],
    ["the right to be another", role({ verbs: ["impersonate"] })],
    ["the right to secrets", role({ resources: ["secrets"] })],
    ["the right to any group", role({ apiGroups: ["*"] })],
    [
      "the right to run privileged pods",
      role({
        apiGroups: ["security.openshift.io"],
        resources: ["securitycontextconstraints"],
        verbs: ["use"],
      }),
    ],
    ["rights outside of resources", role({ nonResourceURLs: ["*"] })],
    ["a role of the cluster", binding({ kind: "ClusterRole", name: "admin" }, {})],
    ["a role that is there already", binding({ name: "deployer" }, {})],
    [
      "rights for everybody",
      binding({}, { kind: "Group", name: "system:authenticated", namespace: undefined }),
    ],
    ["rights for another namespace's account", binding({}, { namespace: "packit--stg" })],
    ["rights for an account that others make", binding({}, { name: "deployer" })],
    ["stage's host", object("Route", {}, { spec: { host: "stg.packit.dev" } }, "route.openshift.io/v1")],
    ["a host that the cluster chooses", object("Route", {}, { spec: {} }, "route.openshift.io/v1")],
    [
      "stage's host by an Ingress",
      object("Ingress", {}, { spec: { rules: [{ host: "stg.packit.dev" }] } }, "networking.k8s.io/v1"),
    ],
    ["every host", object("Ingress", {}, { spec: { rules: [{}] } }, "networking.k8s.io/v1")],
    ["what is for no host", object("Ingress", {}, { spec: { defaultBackend: {} } }, "networking.k8s.io/v1")],
    [
      "lines of nginx's configuration",
      object(
        "Ingress",
        { annotations: { "nginx.ingress.kubernetes.io/configuration-snippet": "a" } },
        {},
        "networking.k8s.io/v1",
      ),
    ],
  ])("is not %s", (_, wrong) => {
    const described = `${wrong.kind} ${wrong.metadata.namespace === undefined ? "" : `${wrong.metadata.namespace}/`}${wrong.metadata.name}: `;
    const rest = own.filter(
      ({ kind, metadata }) => kind !== "Namespace" || metadata.name !== wrong.metadata.name,
    );
    expect(() => refuse([...rest, wrong])).toThrow(described);
  });

  it("is nothing twice", () => {
    expect(() => refuse([...own, ...own.slice(-1)])).toThrow("it is declared twice");
  });
});

function refuse(objects: readonly KubernetesObject[]): void {
  refuseUnfit({ name: "one", hosts: HOSTS }, objects);
}

/** An object that may be there but for what is said of it. */
function object(kind: string, metadata: object = {}, more: object = {}, apiVersion = "v1"): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: { name: "a", namespace: SPACE, labels, ...metadata },
    ...more,
  } as KubernetesObject;
}
