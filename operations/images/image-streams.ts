import { z } from "zod";
import type { ApiClient } from "../../cluster/api-client.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { StackImage } from "./stack-images.ts";

/** Where the ImageStreams of a stack are, and the one tag of each. */
export interface StreamArgs {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly tag: string;
}

/** What an ImageStream holds. */
export interface Imported {
  readonly digest?: string;
  /** When it was imported. */
  readonly since?: string;
  /** Why the last import failed, if it did. */
  readonly problem?: string;
}

interface ImageStream extends KubernetesObject {
  readonly spec?: { readonly tags?: readonly Tag[] | null };
  readonly status?: {
    readonly tags?:
      | readonly {
          readonly tag: string;
          readonly items?: readonly { readonly created?: string; readonly image?: string }[] | null;
          readonly conditions?:
            | readonly { readonly type: string; readonly status: string; readonly message?: string }[]
            | null;
        }[]
      | null;
  };
}

interface Tag {
  readonly name: string;
  readonly from?: object;
  readonly importPolicy?: object;
  readonly referencePolicy?: object;
}

/** What the ImageStream of an image holds now; nothing where there is none. */
export async function imported(
  { client, namespace, tag }: StreamArgs,
  { name }: Pick<StackImage, "name">,
): Promise<Imported | undefined> {
  const found = await read(client, namespace, name);
  if (found === undefined) return undefined;
  const { items, conditions } = found.status?.tags?.find((one) => one.tag === tag) ?? {};
  const [latest] = items ?? [];
  const failed = conditions?.find(({ type, status }) => type === "ImportSuccess" && status === "False");
  return {
    ...(latest?.image && { digest: latest.image }),
    ...(latest?.created && { since: latest.created }),
    ...(failed && { problem: failed.message ?? "the last import failed" }),
  };
}

/** The answer to an import, as far as it is read. */
const Answer = z.object({
  status: z.object({
    images: z
      .array(
        z.object({
          status: z.object({ status: z.string().optional(), message: z.string().optional() }),
          image: z.object({ metadata: z.object({ name: z.string() }) }).optional(),
        }),
      )
      .min(1),
  }),
});

/** Has OpenShift import an image now, as `oc import-image` does. Returns the digest that the ImageStream holds then. */
export async function importStream(where: StreamArgs, { name }: Pick<StackImage, "name">): Promise<string> {
  const { namespace, tag } = where;
  const asked = await askForImport(where, { name });
  if (asked === undefined)
    throw new UserError(
      `There is no ImageStream ${namespace}/${name} with the tag ${tag}. Bring the stack up first.`,
    );
  const { answer } = asked;
  const { data } = Answer.safeParse(answer);
  const [image] = data?.status.images ?? [];
  if (image === undefined)
    throw new EnvironmentError(
      `The import of ${name} was taken, and nothing is said of what became of it: no OpenShift stands behind this API server.`,
    );
  if (image.status.status === "Failure" || image.image === undefined)
    throw new EnvironmentError(
      `The import of ${name} fails: ${image.status.message ?? "no reason is given"}`,
    );
  return image.image.metadata.name;
}

/** Asks OpenShift to import an image now, and returns its answer; nothing where no ImageStream has the tag. */
export async function askForImport(
  { client, namespace, tag }: StreamArgs,
  { name }: Pick<StackImage, "name">,
): Promise<{ readonly answer: unknown } | undefined> {
  const stream = await read(client, namespace, name);
  const found = stream?.spec?.tags?.find((one) => one.name === tag);
  if (found === undefined) return undefined;
  const { from, importPolicy, referencePolicy } = found;
  const answer = await client.request<unknown>(
    "POST",
    `/apis/image.openshift.io/v1/namespaces/${namespace}/imagestreamimports?fieldValidation=Strict`,
    {
      apiVersion: "image.openshift.io/v1",
      kind: "ImageStreamImport",
      metadata: { name, namespace },
      // The tag stays as it is declared: whether it is followed is said by its policy.
      spec: { import: true, images: [{ from, to: { name: tag }, importPolicy, referencePolicy }] },
      status: {},
    },
  );
  return { answer };
}

async function read(client: ApiClient, namespace: string, name: string): Promise<ImageStream | undefined> {
  const object = { apiVersion: "image.openshift.io/v1", kind: "ImageStream", metadata: { name, namespace } };
  return client.read(object);
}
