import type { ApiClient } from "../cluster/api-client.ts";
import { fieldManager, refusal, STATE_ANNOTATION } from "../cluster/pulumi-ownership.ts";
import type { Settings } from "../components/settings.ts";
import { UserError } from "../errors.ts";
import { STACK_LABEL } from "../platform/destination.ts";
import { platformOf } from "../platform/platform.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";

/** What kubectl and Ansible leave on an object: its whole content, a Secret's too. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Those of a cluster's own parts, which go on to own what they own. All others are somebody's tools. */
const CONTROLLERS = /controller|operator|scheduler|kubelet|apiserver|provisioner|kwok|^manager$/;

/** Kinds of which nothing may be lost or changed but what the program declares. */
const KEPT_KINDS = ["Namespace", "TenantNamespace", "PersistentVolumeClaim"];

/** An object in the cluster that `pulumi up` would refuse to go on with, and why. */
export interface Foreign {
  readonly live: KubernetesObject;
  readonly why: string;
}

/**
 * The declared objects that are in the cluster and were not made by this stack, or by a state of it that may be lost.
 * One of another stack cannot be taken over: a UserError names all of those.
 */
export async function findForeign(
  client: ApiClient,
  settings: Settings,
  objects: readonly KubernetesObject[],
): Promise<Foreign[]> {
  const { stack } = settings;
  const isMade = ({ kind }: KubernetesObject) =>
    kind !== "Namespace" || platformOf(settings).namespaces.by === "program";
  const all = await Promise.all(objects.filter(isMade).map((object) => client.read(object)));
  const found = all.flatMap((live) => {
    const refused = live && refusal(live, { stack, state: "unknown", isPatch: false });
    return refused ? [{ live, why: refused.message }] : [];
  });
  const others = found.filter(({ live }) => (live.metadata.labels?.[STACK_LABEL] ?? stack) !== stack);
  if (others.length > 0) {
    throw new UserError(`Nothing is taken over:\n${others.map(({ why }) => why).join("\n")}`);
  }
  return found;
}

/** Makes an object this stack's, so that the next `pulumi up` goes on with it; its content stays as it is until then. */
export async function takeOver(client: ApiClient, live: KubernetesObject, stack: string): Promise<void> {
  await client.patch(live, takenOver(live, stack));
}

/**
 * The merge patch that makes an object a stack's. What tools have put there is the stack's from then on, so that what
 * the program does not declare goes with the next apply; of kinds that hold data, nothing but the object itself.
 */
function takenOver(live: KubernetesObject, stack: string): object {
  const fields = managedFields(live);
  const { apiVersion } = live;
  const tools = fields.filter(({ manager, subresource }) => !subresource && !CONTROLLERS.test(manager));
  const label = { "f:metadata": { "f:labels": { [`f:${STACK_LABEL}`]: {} } } };
  const own = tools.filter((one) => one.apiVersion === apiVersion).map(({ fieldsV1 }) => fieldsV1);
  const entry = {
    manager: fieldManager(stack),
    operation: "Apply",
    apiVersion,
    fieldsType: "FieldsV1",
    fieldsV1: KEPT_KINDS.includes(live.kind) ? label : [...own, label].reduce(union, {}),
  };
  return {
    metadata: {
      // Refused if somebody has changed it since it was read.
      resourceVersion: "resourceVersion" in live.metadata ? live.metadata.resourceVersion : undefined,
      annotations: { [LAST_APPLIED]: null, [STATE_ANNOTATION]: null },
      managedFields: [...fields.filter((one) => !tools.includes(one)), entry],
    },
  };
}

/** A set of fields as the API server writes it: each field is a key, and its own fields are its value. */
type Fields = { readonly [key: string]: Fields };

interface ManagedFields {
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly fieldsV1: Fields;
}

function managedFields({ metadata }: KubernetesObject): ManagedFields[] {
  return "managedFields" in metadata && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
}

function union(a: Fields, b: Fields): Fields {
  const merged = Object.entries(b).map(([key, value]) => [key, union(a[key] ?? {}, value)] as const);
  return { ...a, ...Object.fromEntries(merged) };
}
