import type { ApiClient } from "../cluster/api-client.ts";
import { ApiError } from "../cluster/api-error.ts";
import { UnknownKind } from "../cluster/kinds.ts";
import { notReady, takesTime } from "../cluster/readiness.ts";
import { knownError } from "../errors.ts";
import { STACK_LABEL } from "../platform/destination.ts";
import { describe, type KubernetesObject } from "../render/kubernetes-object.ts";

/** Something that a way of use needs, and whether it is there. */
export interface Finding {
  readonly what: string;
  /** What was found; nothing where it is missing. */
  readonly found?: string | undefined;
  /** What to do where it is missing. */
  readonly remedy: string;
}

/** What a program says to these words, or nothing if it is not on PATH or fails. */
export type Ask = (program: string, args: readonly string[]) => Promise<string | undefined>;

/** The free room that the control plane's binaries, their build and its data take, in bytes: measured, 5 GB in all. */
const ROOM = 5 * 2 ** 30;

/** What the control plane on this machine needs, besides this program itself. */
export async function localNeeds(ask: Ask, freeBytes: number): Promise<Finding[]> {
  const go = /go(\d+)\.(\d+)\S*/.exec((await ask("go", ["version"])) ?? "");
  const room = `${Math.floor(freeBytes / 2 ** 30)} GiB`;
  return [
    {
      what: "Go 1.26 or newer",
      found: go && isFrom([go[1], go[2]], [1, 26]) ? go[0] : undefined,
      remedy: "Install Go: the control plane of make local is built with it. https://go.dev/doc/install",
    },
    {
      what: "5 GiB of free room",
      found: freeBytes >= ROOM ? room : undefined,
      remedy: `There are ${room}: make room in the home folder, for what is built once, and here.`,
    },
  ];
}

export interface PulumiArgs {
  readonly stack: string;
  /** The variables that Pulumi's CLI reads. */
  readonly env: NodeJS.ProcessEnv;
  /** What encrypts the stack's secrets, by its file. @default - a passphrase */
  readonly secretsProvider?: string | undefined;
  readonly isReadable: (path: string) => boolean;
}

/** What `pulumi up` of a stack needs on this machine. */
export async function pulumiNeeds(ask: Ask, args: PulumiArgs): Promise<Finding[]> {
  const { stack } = args;
  const node = (await ask("node", ["--version"]))?.trim();
  const pulumi = (await ask("pulumi", ["version"]))?.trim();
  const who = pulumi && (await ask("pulumi", ["whoami", "--non-interactive"]))?.trim();
  const stacks = who && (await ask("pulumi", ["stack", "ls", "--json", "--non-interactive"]));
  const isMade = stacks && namesOf(stacks).includes(stack);
  const guide = "docs/first-stack.md";
  return [
    {
      what: "Node 22.18 or newer on PATH",
      found: node && isFrom(node.slice(1).split("."), [22, 18]) ? node : undefined,
      remedy: `${node ?? "There is none"}: install a newer one. Pulumi starts the program with it.`,
    },
    {
      what: "Pulumi's CLI, 3.260 or newer",
      found: pulumi && isFrom(pulumi.slice(1).split("."), [3, 260]) ? pulumi : undefined,
      remedy: `${pulumi ?? "There is none on PATH"}: see ${guide}.`,
    },
    { what: "a login to the state", found: who || undefined, remedy: `pulumi login ADDRESS: see ${guide}.` },
    {
      what: `the stack ${stack}`,
      found: isMade ? "made" : undefined,
      remedy: `pulumi stack init ${stack} --secrets-provider passphrase: see ${guide}.`,
    },
    ...passphrase(args, guide),
  ];
}

/** The passphrase, where that is what encrypts the stack; an empty one is one, too. */
function passphrase({ env, secretsProvider, isReadable }: PulumiArgs, guide: string): Finding[] {
  if (secretsProvider !== undefined && secretsProvider !== "passphrase") return [];
  const what = "the stack's passphrase";
  const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: file } = env;
  if (text !== undefined) return [{ what, found: "PULUMI_CONFIG_PASSPHRASE", remedy: "" }];
  const isThere = file !== undefined && isReadable(file);
  const wrong = file === undefined ? "" : `${file} cannot be read. `;
  return [
    {
      what,
      found: isThere ? "PULUMI_CONFIG_PASSPHRASE_FILE" : undefined,
      remedy: `${wrong}Set PULUMI_CONFIG_PASSPHRASE_FILE to the file that holds it: see ${guide}.`,
    },
  ];
}

/**
 * What a stack needs of its cluster: an answer, the rights to all kinds that it declares, its storage classes, and that
 * what is there of it already is ready.
 */
export async function clusterNeeds(
  connect: () => ApiClient,
  context: string,
  objects: readonly KubernetesObject[],
): Promise<Finding[]> {
  const what = `the context ${context}`;
  try {
    const client = connect();
    const { gitVersion } = await client.request<{ gitVersion: string }>("GET", "/version");
    const needs = [...new Map(objects.map((object) => [keyOf(object), object])).values()];
    const rights = await Promise.all(needs.map((object) => right(client, object)));
    const classes = await storageClasses(client, objects);
    const deployed = await readiness(client, objects);
    return [{ what, found: `answers, ${gitVersion}`, remedy: "" }, ...rights.flat(), ...classes, ...deployed];
  } catch (error) {
    const known = knownError(error);
    if (known === undefined) throw error;
    return [{ what, remedy: known.message }];
  }
}

function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  return [apiVersion, kind, metadata.namespace].join();
}

/** Nothing where all is allowed. */
async function right(
  client: ApiClient,
  { apiVersion, kind, metadata }: KubernetesObject,
): Promise<Finding[]> {
  const [group = "", version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const resource = await client.resourceOf({ apiVersion, kind }).catch((error) => {
    if (error instanceof UnknownKind) return undefined;
    throw error;
  });
  if (resource === undefined) {
    const remedy = "Does packit:platform say what the cluster is?";
    return [{ what: `the kind ${kind} of ${apiVersion}`, remedy }];
  }
  const { namespace } = metadata;
  const asked = ["get", "watch", "create", "patch", "delete"].map(async (verb) => {
    const spec = { resourceAttributes: { group, version, resource: resource.plural, verb, namespace } };
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec };
    type Answer = { status?: { allowed?: boolean } };
    const answer = await client.request<Answer>(
      "POST",
      "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      review,
    );
    return answer.status?.allowed ? [] : [verb];
  });
  const denied = (await Promise.all(asked)).flat();
  if (denied.length === 0) return [];
  const where = namespace === undefined ? "" : ` in ${namespace}`;
  return [
    {
      what: `the right to ${denied.join(", ")} ${resource.plural}${where}`,
      remedy: "Ask the cluster's administrators for it, or log in as somebody who has it.",
    },
  ];
}

interface Claims extends KubernetesObject {
  readonly spec?: {
    readonly storageClassName?: string;
    readonly volumeClaimTemplates?: readonly { readonly spec: { readonly storageClassName?: string } }[];
  };
}

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** The storage classes that claims name, and the default one where some name none; nothing where all are there. */
async function storageClasses(client: ApiClient, objects: readonly KubernetesObject[]): Promise<Finding[]> {
  const named = (objects as readonly Claims[]).flatMap(({ kind, spec }) => [
    ...(kind === "PersistentVolumeClaim" ? [spec?.storageClassName] : []),
    ...(spec?.volumeClaimTemplates ?? []).map((template) => template.spec.storageClassName),
  ]);
  if (named.length === 0) return [];
  let classes: KubernetesObject[];
  try {
    classes = await client.list({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass" });
  } catch (error) {
    // Tenants may often not look at them, and need not.
    if (error instanceof ApiError && error.status === 403) return [];
    throw error;
  }
  const there = classes.map(({ metadata }) => metadata.name);
  const isDefault = classes.some(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true");
  const remedy = `Name one that the cluster has in packit:storageClass: ${there.join(", ") || "it has none"}.`;
  return [...new Set(named)].flatMap((name) => {
    if (name === undefined) return isDefault ? [] : [{ what: "a default storage class", remedy }];
    return there.includes(name) ? [] : [{ what: `the storage class ${name}`, remedy }];
  });
}

/** What of the stack is in the cluster, and is not ready; nothing before it is applied. */
export async function readiness(client: ApiClient, objects: readonly KubernetesObject[]): Promise<Finding[]> {
  // A claim may wait for the first pod that uses it: where that is wrong, the pod's workload is not ready.
  const awaited = objects.filter((one) => takesTime(one) && one.kind !== "PersistentVolumeClaim");
  const found = await Promise.all(awaited.map((object) => own(client, object)));
  const live = found.filter((object) => object !== undefined);
  if (live.length === 0) return [];
  const unready = live.flatMap((object) => {
    const reason = notReady(object)?.reason;
    return reason === undefined ? [] : [{ what: `readiness of ${describe(object)}`, remedy: reason }];
  });
  return unready.length > 0 ? unready : [{ what: "what is deployed", found: "ready", remedy: "" }];
}

/** The stack's own object as it is now; nothing where it is not there, or may not be looked at. */
async function own(client: ApiClient, object: KubernetesObject): Promise<KubernetesObject | undefined> {
  try {
    const live = await client.read(object);
    const isOwn = live?.metadata.labels?.[STACK_LABEL] === object.metadata.labels?.[STACK_LABEL];
    return isOwn ? live : undefined;
  } catch (error) {
    // The right that is missing is told as such.
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

function namesOf(json: string): string[] {
  try {
    return JSON.parse(json).map(({ name }: { name: string }) => name.split("/").at(-1));
  } catch {
    return [];
  }
}

function isFrom(version: readonly (string | undefined)[], wanted: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.map(Number);
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}
