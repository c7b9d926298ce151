import { z } from "zod";
import type { ApiClient } from "../../cluster/api-client.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { type StandIns, storedIn } from "../../settings/secrets/stand-ins.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { namespaceObject } from "./namespaces.ts";

/** The Secret that an instance's stand-ins are kept in, in its own namespace: they are the same from every machine, and go with it. */
export const STAND_INS = "packit-stand-ins";

const KEY = "stand-ins.json";
const kept = z.object({ data: z.object({ [KEY]: z.base64() }) });

/** The stand-ins that an instance has. What somebody else has put in their place is not taken. */
export async function readStandIns(client: ApiClient, name: string): Promise<StandIns | undefined> {
  const [own] = namespacesOf(name);
  const namespace = await client.read(namespaceObject(own));
  if (namespace?.metadata.labels?.[STACK_LABEL] !== stackOf(name)) return undefined;
  const found = kept.safeParse(await client.read(secretOf(name)));
  if (!found.success) return undefined;
  return storedIn(Buffer.from(found.data.data[KEY], "base64").toString());
}

/** Keeps an instance's stand-ins for its next deploy, in its namespace, which must be there. */
export async function keepStandIns(client: ApiClient, name: string, made: StandIns): Promise<void> {
  const data = { [KEY]: Buffer.from(JSON.stringify(made)).toString("base64") };
  await client.apply({ ...secretOf(name), data }, "packit");
}

function secretOf(name: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: STAND_INS, namespace: namespacesOf(name)[0] },
  };
}
