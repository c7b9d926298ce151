import { defaultSandboxNamespace } from "../components/stack/namespaces.ts";
import { isMap } from "../system/is-map.ts";
import { formatPath, type Path } from "./path.ts";
import type { StackConfig } from "./stack-file.ts";
import type { Violation } from "./violation.ts";

/** A name that no two stacks may have, and the setting that it comes from. */
interface Taken {
  readonly path: Path;
  readonly name: string;
}

/** What of two stacks is compared, in words, and what to do about it where it is the same. */
interface Compared {
  readonly what: string;
  /** @default - to give it another name */
  readonly remedy?: string;
}

/**
 * What a stack shares with another one of the project: a namespace in the same context, a host, or what is declared of a
 * GitHub repository. Each of the two would change, and take away, what is the other's.
 */
export function sharedWithOthers({ values, others = [] }: StackConfig): Violation[] {
  return others.flatMap((other) => {
    const isSameCluster =
      text(values.kubeContext) !== undefined && values.kubeContext === other.values.kubeContext;
    const context = `in the context ${values.kubeContext}`;
    return [
      ...(isSameCluster
        ? shared(namespaces(values), namespaces(other.values), other, { what: `a namespace ${context}` })
        : []),
      ...shared(hosts(values), hosts(other.values), other, { what: "a host" }),
      ...sharedOfGitHub(values, other),
    ];
  });
}

/** An environment is of one stack; so is all that the repository has once, of whatever kind. */
function sharedOfGitHub(values: StackConfig["values"], other: StackConfig): Violation[] {
  const [mine, theirs] = [declared(values), declared(other.values)];
  if (mine === undefined || mine.repository !== theirs?.repository) return [];
  const { repository } = mine;
  const remedy = "declare it in one of the two files";
  return [
    ...shared(mine.environments, theirs.environments, other, {
      what: `an environment of ${repository}`,
      remedy,
    }),
    ...shared(mine.once, theirs.once, other, {
      what: `a declaration of what ${repository} has once`,
      remedy,
    }),
  ];
}

function shared(
  mine: readonly Taken[],
  theirs: readonly Taken[],
  other: StackConfig,
  { what, remedy: given }: Compared,
): Violation[] {
  return mine.flatMap(({ path, name }) => {
    const same = theirs.find((taken) => taken.name === name);
    if (same === undefined) return [];
    const line = other.file?.line(same.path);
    const where = `${other.file?.name ?? other.stack}${line === undefined ? "" : `:${line}`}`;
    const remedy = given ?? `give this stack its own: pulumi config set --path '${formatPath(path)}' NAME`;
    return {
      path,
      given: name,
      allowed: `${what} that is not ${formatPath(same.path)} in ${where}`,
      remedy,
    };
  });
}

/** A stack's namespaces, as far as they can be read: what else is wrong with them is told elsewhere. */
export function namespaces({
  namespace,
  sandboxNamespace,
  withSandbox,
  imageBuilds,
}: StackConfig["values"]): Taken[] {
  const own = text(namespace);
  const builds = isMap(imageBuilds) ? text(imageBuilds.namespace) : undefined;
  const given = text(sandboxNamespace);
  const sandbox = given ?? (own === undefined ? undefined : defaultSandboxNamespace(own));
  const path = [given === undefined ? "namespace" : "sandboxNamespace"];
  return [
    ...(own === undefined ? [] : [{ path: ["namespace"], name: own }]),
    ...(sandbox === undefined || String(withSandbox) === "false" ? [] : [{ path, name: sandbox }]),
    ...(builds === undefined ? [] : [{ path: ["imageBuilds", "namespace"], name: builds }]),
  ];
}

/** A stack's hosts, as far as they can be read. */
export function hosts({ hosts: map }: StackConfig["values"]): Taken[] {
  if (typeof map !== "object" || map === null) return [];
  return Object.entries(map).flatMap(([key, value]) => {
    const name = text(value);
    return name === undefined ? [] : [{ path: ["hosts", key], name }];
  });
}

/** What a stack declares of a GitHub repository, as far as it can be read. GitHub makes no difference between cases. */
function declared({ github }: StackConfig["values"]) {
  if (!isMap(github)) return undefined;
  const repository = text(github.repository)?.toLowerCase();
  if (repository === undefined) return undefined;
  const environments = Object.keys(isMap(github.environments) ? github.environments : {});
  return {
    repository,
    environments: environments.map((key) => ({
      path: ["github", "environments", key],
      name: key.toLowerCase(),
    })),
    once: github.shared === undefined ? [] : [{ path: ["github", "shared"], name: repository }],
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
