import { UserError } from "../errors.ts";
import { describe, type KubernetesObject } from "../render/kubernetes-object.ts";
import { type ApiClient, ApiError } from "./api-client.ts";

interface Claim extends KubernetesObject {
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

/**
 * Refuses sizes that volumes which are there cannot be given, all at once, with what each has and what is declared. The
 * API server is asked, without anything being done: it knows how large a volume really is, and whether its class lets it
 * grow.
 */
export async function refuseSizes(
  client: Pick<ApiClient, "read" | "request">,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const claims = objects.filter((object): object is Claim => object.kind === "PersistentVolumeClaim");
  const refusals = (await Promise.all(claims.map((claim) => refusal(client, claim)))).flat();
  if (refusals.length === 0) return;
  throw new UserError(
    [
      `${refusals.length === 1 ? "A volume" : "Volumes"} cannot be given the size that is declared; nothing was applied.`,
      ...refusals.map((line) => `  ${line}`),
      "No volume can be made smaller, and a larger one needs a storage class with allowVolumeExpansion: put the former size back. Whoever wants a new volume deletes the claim first, and all that is in it.",
    ].join("\n"),
  );
}

async function refusal(client: Pick<ApiClient, "read" | "request">, claim: Claim): Promise<string[]> {
  const there = (await client.read(claim)) as Claim | undefined;
  const [has, wants] = [there, claim].map((one) => one?.spec.resources.requests.storage);
  if (has === undefined || has === wants) return [];
  const { namespace, name } = claim.metadata;
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}?dryRun=All`;
  const { resources } = claim.spec;
  try {
    await client.request("PATCH", path, { spec: { resources } }, "application/merge-patch+json");
    return [];
  } catch (error) {
    // Invalid, or forbidden by the class of the volume. Whatever else is amiss is for the apply to tell.
    if (!(error instanceof ApiError && [403, 422].includes(error.status))) throw error;
    return [
      `${describe(claim)} has ${has}, and ${wants} is declared: ${error.message.replace(/^.*? is invalid: /, "")}`,
    ];
  }
}
