import { isDigest } from "../schema/image-reference.ts";
import type { Refusal } from "../schema/refuse.ts";
import { supportRefusals } from "./configuration/compromises.ts";
import { servedRefusals } from "./configuration/fedora-ci.ts";
import { forgeRefusals } from "./configuration/forge.ts";
import { roleRefusals } from "./configuration/role.ts";
import { githubRefusals } from "./github/refusals.ts";
import { OWN_REGISTRY } from "./images.ts";
import { quotaRefusals } from "./quota-refusals.ts";
import { DECLARED, type SchemaOutput } from "./schema.ts";
import { namespaceRefusals } from "./stack/namespaces.ts";
import { platformRefusals } from "./stack/platform-refusals.ts";
import { partsOf } from "./totals.ts";

/** What is wrong with settings that are each right alone, but not together. */
export function refusals(settings: SchemaOutput): Refusal[] {
  return [
    ...namespaceRefusals(settings),
    ...hostRefusals(settings),
    ...forgeRefusals(settings),
    ...platformRefusals(settings),
    ...imageRefusals(settings),
    ...DECLARED.flatMap((part) => part.refusals?.(settings) ?? []),
    ...quotaRefusals(settings),
    ...roleRefusals(settings),
    ...servedRefusals(settings),
    ...supportRefusals(settings),
    ...githubRefusals(settings),
  ];
}

function hostRefusals({ hosts }: SchemaOutput): Refusal[] {
  const given = Object.entries(hosts).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const twice = given.filter(([, host], i) => given.findIndex(([, other]) => other === host) < i);
  return twice.map(([name, host]) => ({
    path: ["hosts", name],
    value: host,
    allowed: "a host that no other setting under hosts has",
    remedy: "give each its own",
  }));
}

/** Every image of Packit's own that a stack runs has a digest, where nothing else lets new ones in. */
function imageRefusals(settings: SchemaOutput): Refusal[] {
  const { imagePolicy, deployment } = settings;
  if (imagePolicy !== "pinned") return [];
  const given: Readonly<Record<string, unknown>> = settings.images;
  const own = partsOf(settings).flatMap(({ images = {} }) =>
    Object.entries(images).flatMap(([key, { repository }]) => (repository ? [{ key, repository }] : [])),
  );
  return own
    .map((image) => ({ ...image, reference: given[image.key] }))
    .filter(({ reference }) => !isDigest(String(reference ?? "")))
    .map(({ key, repository, reference }) => ({
      path: ["images", key],
      value: String(reference ?? "nothing"),
      allowed: "a reference with a sha256 digest, as imagePolicy is pinned",
      remedy: `skopeo inspect --format '{{.Name}}@{{.Digest}}' docker://${OWN_REGISTRY}/${repository}:${deployment}`,
      reads: ["deployment"],
    }));
}
