import type { Refusal } from "../../schema/refuse.ts";
import { ownReference } from "../images.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { type SandboxSettings, sandboxImages } from "./settings.ts";

type Settings = SandboxSettings &
  Pick<CoreSettings, "platform" | "storageClass" | "deployment"> & {
    readonly images: { readonly sandbox?: string | undefined };
  };

/** What sandcastle, which makes the sandboxes' pods and volumes, cannot live with. */
export function sandboxRefusals(settings: Settings): Refusal[] {
  const { withSandbox, platform, storageClass } = settings;
  if (!withSandbox) return [];
  const image = ownReference(settings.deployment, settings.images.sandbox, sandboxImages.sandbox);
  return [
    namesPods(image)
      ? []
      : {
          path: ["images", "sandbox"],
          value: image,
          allowed: `a reference whose last ${NAME_LENGTH} characters can begin a pod's name, which ${podNameOf(image)} cannot: a lower-case letter or digit first, no capitals`,
          remedy:
            "give the image a lower-case tag of another length, or a digest; for example quay.io/packit/sandcastle:stg",
          reads: ["deployment"],
        },
    platform !== "managed-platform" && storageClass === undefined
      ? {
          path: ["storageClass"],
          value: "nothing",
          allowed:
            "the name of a class, as long as withSandbox is true: Packit asks for gp2 where it is told none",
          remedy: "add it: pulumi config set packit:storageClass NAME, one that `oc get storageclass` lists",
          reads: ["withSandbox", "platform"],
        }
      : [],
  ].flat();
}

/** How much of an image's reference is in its pods' names: 63 characters less the time's (sandcastle/api.py). */
const NAME_LENGTH = 63 - 26;

/** What the names of the pods of an image begin with, before a dash and the time (sandcastle/utils.py, clean_string). */
function podNameOf(reference: string): string {
  return reference
    .replaceAll(/[/:_.]/g, "-")
    .replaceAll("--", "-")
    .slice(-NAME_LENGTH);
}

/** Whether sandcastle can name pods by an image. */
export function namesPods(reference: string): boolean {
  return /^[a-z0-9][-a-z0-9]*$/.test(podNameOf(reference));
}
