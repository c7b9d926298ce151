import { IMAGES, OWN_IMAGE_NAMES, type OwnImage } from "../../components/own-images.ts";
import { UserError } from "../../errors.ts";
import { isBranchName } from "../../settings/branch-name.ts";
import { allOf } from "../../settings/every-mistake.ts";
import { nearest } from "../../settings/violation.ts";

/** Repositories whose code gets into images that are built from others. */
const LIBRARIES = ["packit", "ogr", "specfile"] as const;

/** The repository of a program like this one. */
const PROGRAM = "deployment";

type Sources = (typeof IMAGES)[OwnImage]["source"];

/** A repository of which something can be put on test. */
export type Repository = Sources["repository"] | (typeof LIBRARIES)[number] | typeof PROGRAM;

/** All of them. */
export const REPOSITORIES: readonly Repository[] = [
  ...new Set(OWN_IMAGE_NAMES.map((image): Repository => IMAGES[image].source.repository)),
  ...LIBRARIES,
  PROGRAM,
];

/** Something of a repository that is to be put on test. */
export interface Reference {
  readonly repository: Repository;
  /** The account that the code is in, and the repository's name there. */
  readonly from: { readonly owner: string; readonly name: string };
  readonly what:
    | { readonly kind: "pull"; readonly number: number }
    | { readonly kind: "branch"; readonly name: string }
    | { readonly kind: "commit"; readonly sha: string };
}

/** The owner of all of them. */
const OWNER = "packit";

const FORM =
  "NUMBER of a pull request, branch:NAME or commit:SHA, each with OWNER/REPO: before it if it is in a fork";

/** What names a fork, before what is meant of it: no names that lead elsewhere in an address. */
const FORK = /^(?:([A-Za-z0-9][\w-]*)\/(?!\.{1,2}:)([\w.-]+):)?(.*)$/s;

/** Reads `packit-service=614`, `ogr=branch:fix`, `packit=me/packit:commit:0123abc` …; each repository once. */
export function parseReferences(words: readonly string[]): Reference[] {
  if (words.length === 0)
    throw new UserError(
      `Name what to put on test, as packit-service=614. Repositories: ${REPOSITORIES.join(", ")}.`,
    );
  const references = allOf(words, parseReference);
  const twice = references.find(({ repository }, i) =>
    references.slice(0, i).some((other) => other.repository === repository),
  );
  if (twice) throw new UserError(`${twice.repository} is named twice. Name each repository once.`);
  return references;
}

/** The reference of a pull request of one of the repositories; nothing for any other repository. */
export function pullReference(
  { owner, name }: { readonly owner: string; readonly name: string },
  number: number,
): string | undefined {
  const repository = REPOSITORIES.find((one) => one === name.toLowerCase());
  return repository && owner.toLowerCase() === OWNER ? `${repository}=${number}` : undefined;
}

/** A reference as it is written. */
export function showReference({ repository, from, what }: Reference): string {
  const fork = from.owner === OWNER && from.name === repository ? "" : `${from.owner}/${from.name}:`;
  if (what.kind === "pull") return `${repository}=${fork}${what.number}`;
  return `${repository}=${fork}${what.kind}:${what.kind === "branch" ? what.name : what.sha}`;
}

/** The part of an instance's name that a reference gives. */
export function nameOf({ repository, what }: Reference): string {
  const text =
    what.kind === "pull" ? String(what.number) : what.kind === "branch" ? what.name : what.sha.slice(0, 7);
  return `${repository.replace("packit-service", "ps")}-${text}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

function parseReference(word: string): Reference {
  const [, name = "", value = ""] = /^([^=]+)=(.+)$/s.exec(word) ?? [];
  if (name === "")
    throw new UserError(`${JSON.stringify(word)} is no reference. It takes the form REPOSITORY=${FORM}.`);
  const repository = repositoryNamed(name);
  const [, owner, fork, rest = ""] = FORK.exec(value) ?? [];
  const what = parseWhat(rest);
  if (what === undefined)
    throw new UserError(`${JSON.stringify(word)} is not understood. After ${name}= comes the ${FORM}.`);
  // GitHub's names are the same in whatever case.
  const isOwn = [owner ?? OWNER, fork ?? repository].join("/").toLowerCase() === `${OWNER}/${repository}`;
  const from = isOwn
    ? { owner: OWNER, name: repository }
    : { owner: owner ?? OWNER, name: fork ?? repository };
  return { repository, from, what };
}

function parseWhat(text: string): Reference["what"] | undefined {
  if (/^#?[1-9]\d{0,8}$/.test(text)) return { kind: "pull", number: Number(text.replace("#", "")) };
  const [, branch] = /^branch:(.*)$/s.exec(text) ?? [];
  if (branch !== undefined) return isBranchName(branch) ? { kind: "branch", name: branch } : undefined;
  const [, sha] = /^commit:([0-9a-f]{7,40})$/.exec(text) ?? [];
  return sha === undefined ? undefined : { kind: "commit", sha };
}

function repositoryNamed(name: string): Repository {
  const known = REPOSITORIES.find((one) => one === name.replace(/^packit\//, ""));
  if (known !== undefined) return known;
  if (name === "packit-service-centosmsg")
    throw new UserError("packit-service-centosmsg is retired: it is deployed nowhere since 2021.");
  const meant = nearest(name, REPOSITORIES);
  const remedy = meant === undefined ? `Known are: ${REPOSITORIES.join(", ")}.` : `Did you mean ${meant}?`;
  throw new UserError(`There is no repository "${name}" to put on test. ${remedy}`);
}
