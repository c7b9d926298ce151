/** Where the image of a reference is asked for. */
export interface ImageLocation {
  /** The registry's address, as `https://quay.io`. */
  readonly origin: string;
  /** Its name within the registry, as `packit/packit-worker`. */
  readonly repository: string;
  /** Its tag or, where it has one, its digest. */
  readonly version: string;
}

/** Docker Hub is the registry of a reference that names none; its API has another name than its images. */
const HUB = "registry-1.docker.io";
const HUB_NAMES = ["docker.io", "index.docker.io"];

/**
 * The location of an image, by the rules of container runtimes. They speak plain HTTP to a registry on their own machine,
 * and HTTPS to all others.
 *
 * @param reference One that the settings take, and so with a tag or a digest.
 */
export function locate(reference: string): ImageLocation {
  const [named = "", digest] = reference.split("@");
  const [, name = named, tag] = /^(.*):([^/:]+)$/.exec(named) ?? [];
  const [first = "", ...rest] = name.split("/");
  const hasRegistry = rest.length > 0 && (/[.:A-Z]/.test(first) || first === "localhost");
  const path = hasRegistry ? rest.join("/") : name;
  const isHub = !hasRegistry || HUB_NAMES.includes(first);
  const host = isHub ? HUB : first;
  const scheme = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host) ? "http" : "https";
  return {
    origin: `${scheme}://${host}`,
    repository: isHub && !path.includes("/") ? `library/${path}` : path,
    version: digest ?? tag ?? "latest",
  };
}
