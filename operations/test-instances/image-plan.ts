import { buildArgs } from "../../components/image-builds/build-args.ts";
import { IMAGES, OWN_IMAGE_NAMES, type OwnImage } from "../../components/own-images.ts";
import type { Repository } from "./reference.ts";
import type { Resolved } from "./resolve.ts";

/** An image that is built from a repository's own Dockerfile. */
export interface GitBuild {
  readonly kind: "git";
  readonly image: OwnImage;
  readonly source: Resolved;
  readonly dockerfile: string;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** An image with libraries installed over those that it has. */
export interface OverlayBuild {
  readonly kind: "overlay";
  readonly image: OwnImage;
  /** The image below: one that is built before this one, or a reference. */
  readonly from: { readonly built: true } | { readonly reference: string };
  readonly libraries: readonly Resolved[];
}

export type Build = GitBuild | OverlayBuild;

export interface ImagePlanArgs {
  readonly resolved: readonly Resolved[];
  readonly base: "stage" | "prod";
  /** The instance's API, which the dashboard has built in. */
  readonly apiUrl: string;
  /** The images of the base. */
  readonly images: Readonly<Partial<Record<OwnImage, string>>>;
}

/** What is built from a repository's own Dockerfiles. */
function dockerfilesOf(repository: string): { readonly image: OwnImage; readonly dockerfile: string }[] {
  const own = OWN_IMAGE_NAMES.map((image) => ({ image, ...IMAGES[image].source }));
  return own.filter((one) => one.repository === repository);
}

/** The images that hold a library. */
const HOLDERS: Readonly<Partial<Record<Repository, readonly OwnImage[]>>> = {
  packit: ["service", "worker"],
  ogr: ["service", "worker"],
  specfile: ["service", "worker"],
  sandcastle: ["worker"],
};

/** The builds that references need, in an order in which they can be made: a library goes over what was built before. */
export function imagePlan(args: ImagePlanArgs): Build[] {
  const own = args.resolved.flatMap((source) =>
    dockerfilesOf(source.reference.repository).map(
      ({ image, dockerfile }): GitBuild => ({
        kind: "git",
        image,
        source,
        dockerfile,
        buildArgs: buildArgs(source.reference.repository, {
          branch: args.base === "prod" ? "stable" : "main",
          apiUrl: args.apiUrl,
          revision: source.sha.slice(0, 7),
        }),
      }),
    ),
  );
  const overlays = OWN_IMAGE_NAMES.flatMap((image): OverlayBuild[] => {
    const libraries = args.resolved.filter(({ reference }) => HOLDERS[reference.repository]?.includes(image));
    if (libraries.length === 0) return [];
    const isBuilt = own.some((build) => build.image === image);
    const from = isBuilt ? ({ built: true } as const) : { reference: args.images[image] ?? "" };
    return [{ kind: "overlay", image, from, libraries }];
  });
  return [...own, ...overlays];
}

/** The images that repositories have built, without asking what they stand for. */
export function builtOf(repositories: readonly string[]): OwnImage[] {
  const built = repositories.flatMap((name) => [
    ...dockerfilesOf(name).map(({ image }) => image),
    ...(HOLDERS[name as Repository] ?? []),
  ]);
  return [...new Set(built)];
}

/** The image that an overlay lies over, of which `below` is built before it. */
export function baseOf({ from }: OverlayBuild, below: string | undefined): string {
  return "built" in from ? (below ?? "") : from.reference;
}

/** The Dockerfile of an overlay: pip's packages come before those of the distribution on Python's path. */
export function overlayDockerfile(from: string, libraries: readonly Resolved[]): string {
  const sources = libraries.map(({ url, sha }) => `'git+${url}@${sha}'`);
  return `FROM ${from}
RUN pip3 install --no-deps --force-reinstall ${sources.join(" ")}
`;
}

/** What a reference does not reach, one line each. */
export function limits(repositories: readonly string[]): string[] {
  const has = (...names: Repository[]) => names.some((name) => repositories.includes(name));
  return [
    has("packit", "ogr", "specfile") &&
      "SRPMs that Copr builds use packit from Copr's packit-dev, and not this library.",
    has("packit") && "Sandboxes have the packit of Fedora's own repositories, and not this one.",
    has("packit-service") &&
      "Libraries below packit-service are those of the base, unless they are named too.",
  ].flatMap((line) => line || []);
}
