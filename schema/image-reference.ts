import { z } from "zod";

/** The grammar of github.com/distribution/reference, which container runtimes and OpenShift read references with. */
const LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?";
const REGISTRY = String.raw`(${LABEL}(\.${LABEL})*|\[[A-Fa-f0-9:]+\])(:(?<port>[0-9]+))?`;
const FOLDER = `[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*`;
const NAME = `((?<registry>${REGISTRY})/)?(?<path>${FOLDER}(/${FOLDER})*)`;
const TAG = String.raw`\w[\w.-]{0,127}`;

/** Of the digests that the grammar allows, those that runtimes can check. */
const DIGEST = "sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}";

const REPOSITORY = new RegExp(`^${NAME}$`);
const REFERENCE = new RegExp(`^${NAME}(?=[:@])(:${TAG})?(@(${DIGEST}))?$`);
const DIGESTED = new RegExp(`@(${DIGEST})$`);

/** An image reference with a tag or a digest, so that nothing ever falls back to `latest` unseen. */
export const imageReference = z
  .stringFormat("image reference", (text) => isNamed(REFERENCE.exec(text)))
  .meta({
    allowed:
      "an image reference with a tag, a digest such as @sha256:…, or both; its port, if any, 1 to 65535",
    example: "quay.io/packit/packit-worker:stg",
  });

/** Where images are, without their names: a registry, and folders in it. */
export const imageFolder = z
  .stringFormat("image folder", (text) => isNamed(REPOSITORY.exec(text)))
  .meta({ allowed: "a registry and folders in it, without a tag", example: "quay.io/packit" });

/** Whether an image reference names one image for ever. */
export function isDigest(reference: string): boolean {
  return DIGESTED.test(reference);
}

/** What the grammar's pattern leaves to its reader: which port there is, and how long the rest may be. */
function isNamed(match: RegExpExecArray | null): boolean {
  const { registry = "", path = "", port = "443" } = match?.groups ?? {};
  const isHub = !/[.:A-Z]/.test(registry) && registry !== "localhost";
  const inHub = isHub && registry !== "" ? `${registry}/${path}` : path;
  // Docker Hub's own images are in a folder that their names leave out.
  const isOwn = !inHub.includes("/") && (isHub || /^(index\.)?docker\.io$/.test(registry));
  return match !== null && isPort(Number(port)) && inHub.length <= 255 - (isOwn ? "library/".length : 0);
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}
