import { join } from "node:path";
import { program } from "../../kubernetes/program.ts";
import type { ImageSpec } from "../images.ts";
import { buildArgs } from "./build-args.ts";

/** One image that OpenShift builds. */
export interface ImageBuild {
  /** The name of its BuildConfig, and of the ImageStream or the repository at the registry that it goes to. */
  readonly name: string;
  /** The build, or the ImageStream, whose image it lies over: a newer one starts it. */
  readonly from: string;
  /** The repository of Packit's that it is built in. @default - in none */
  readonly repository?: string;
  /** The Containerfile: the text of one of this project, or the path of the repository's own. */
  readonly containerfile: { readonly text: string } | { readonly path: string };
  readonly args: Readonly<Record<string, string>>;
  /** Whether pods run it, and so it is pushed to the registry; else it is only built upon. */
  readonly isPushed: boolean;
  /** What it is made from besides: repositories, or `REPOSITORY:PATH` for a part of one. New commits of these start it. */
  readonly sources: readonly string[];
}

export interface BuildsArgs {
  /** The branch of all repositories. */
  readonly branch: string;
  /** The API, which the dashboard has built in. */
  readonly apiUrl: string;
  /** The images that there are. Those that have no base of their own are built from their repositories' own Containerfiles. */
  readonly images: readonly ImageSpec[];
}

/** The image that all others lie over. */
export const BASE = "base";

/** Where that is from: its ImageStream. */
export const FEDORA = { name: "fedora", tag: "43", from: "registry.fedoraproject.org/fedora:43" };

/** The images of packit-service, the playbook of each that says which packages it has, and its libraries of Packit's own. */
export const SPLIT = [
  {
    name: "packit-service",
    playbook: "install-deps.yaml",
    libraries: ["ogr", "specfile", "packit"],
  },
  {
    name: "packit-worker",
    playbook: "install-deps-worker.yaml",
    libraries: ["ogr", "specfile", "packit", "sandcastle"],
  },
] as const;

const REPOSITORY = "packit-service";

/** Each of them, after the one that it lies over. */
export function imageBuilds({ images, ...given }: BuildsArgs): ImageBuild[] {
  // A build of a branch does not know its commit before.
  const argsOf = (repository: string) => buildArgs(repository, { ...given, revision: given.branch });
  const split = SPLIT.flatMap(({ name, playbook, libraries }): ImageBuild[] => [
    {
      name: baseOf(name),
      from: BASE,
      repository: REPOSITORY,
      containerfile: { text: file("dependencies") },
      args: { ...argsOf(REPOSITORY), PLAYBOOK: playbook },
      isPushed: false,
      sources: [`${REPOSITORY}:files/${playbook}`, `${REPOSITORY}:files/tasks`],
    },
    {
      name,
      from: baseOf(name),
      repository: REPOSITORY,
      containerfile: { text: file(name) },
      args: argsOf(REPOSITORY),
      isPushed: true,
      sources: [REPOSITORY, ...libraries],
    },
  ]);
  const base: ImageBuild = {
    name: BASE,
    from: FEDORA.name,
    containerfile: { text: file(BASE) },
    args: {},
    isPushed: false,
    sources: [],
  };
  return [base, ...split, ...images.flatMap((image) => whole(image, argsOf))];
}

/** The build of an image whose repository builds it in one go, if it does. */
function whole(
  { repository: name, source }: ImageSpec,
  argsOf: (repository: string) => ImageBuild["args"],
): ImageBuild[] {
  const isSplit = SPLIT.some((one) => one.name === name);
  // Tokman lies over another base, which nobody builds anew.
  if (name === undefined || source === undefined || isSplit || name === "tokman") return [];
  const { repository, dockerfile } = source;
  return [
    {
      name,
      from: BASE,
      repository,
      containerfile: { path: dockerfile },
      args: argsOf(repository),
      isPushed: true,
      sources: [repository],
    },
  ];
}

function baseOf(name: string): string {
  return `${name}-base`;
}

function file(name: string): string {
  return program(join(import.meta.dirname, "../../images"), `${name}.Containerfile`);
}
