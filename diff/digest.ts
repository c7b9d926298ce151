import { DATABASE_ANNOTATION } from "../components/postgres/settings.ts";
import { DIGEST_ANNOTATION } from "../kubernetes/digest-annotation.ts";

/** This project's own annotations of pods are digests, by which they are rolled, and nothing else. */
const DIGEST = /(?:^|\btemplate\.)metadata\.annotations\["(packit\.dev\/[^"]*)"\]$/;

const MEANINGS: Readonly<Record<string, string>> = {
  [DIGEST_ANNOTATION]: "files that its pods read change",
  [DATABASE_ANNOTATION]: "a new pod of its database",
};

/**
 * What it means that a field changes, if that is a digest by which pods are rolled: what it is says nothing to anybody.
 *
 * @param path Of an object, or of a pod's template.
 */
export function digestChange(path: string): string | undefined {
  const name = DIGEST.exec(path)?.[1];
  return name === undefined ? undefined : (MEANINGS[name] ?? "what its pods depend on changes");
}
