export interface BuildArgsArgs {
  /** The branch of Packit's other projects, which are installed besides. */
  readonly branch: string;
  /** The API that the dashboard asks. */
  readonly apiUrl: string;
  /** What the dashboard says that it is of. */
  readonly revision: string;
}

/** The arguments that the Containerfiles of a repository ask for. */
export function buildArgs(
  repository: string,
  { branch, apiUrl, revision }: BuildArgsArgs,
): Readonly<Record<string, string>> {
  if (repository === "packit-service") return { SOURCE_BRANCH: branch };
  if (repository === "dashboard") return { VITE_API_URL: apiUrl, VITE_GIT_SHA: revision };
  return {};
}
