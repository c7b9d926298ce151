import { defaultSandboxNamespace } from "../components/stack/namespaces.ts";
import { formatPath, type Path } from "./path.ts";
import type { StackConfig } from "./stack-file.ts";
import type { Violation } from "./violation.ts";

/** A name that no two stacks may have, and the setting that it comes from. */
interface Taken {
  readonly path: Path;
  readonly name: string;
}

/**
 * What a stack shares with another one of the project: a namespace in the same context, or a host. Each of the two
 * would change, and take away, what is the other's.
 */
export function sharedWithOthers({ values, others = [] }: StackConfig): Violation[] {
  return others.flatMap((other) => {
    const isSameCluster =
      text(values.kubeContext) !== undefined && values.kubeContext === other.values.kubeContext;
    const context = `in the context ${values.kubeContext}`;
    return [
      ...(isSameCluster
        ? shared(namespaces(values), namespaces(other.values), other, `namespace ${context}`)
        : []),
      ...shared(hosts(values), hosts(other.values), other, "host"),
    ];
  });
}

function shared(
  mine: readonly Taken[],
  theirs: readonly Taken[],
  other: StackConfig,
  what: string,
): Violation[] {
  return mine.flatMap(({ path, name }) => {
    const same = theirs.find((taken) => taken.name === name);
    if (same === undefined) return [];
    const line = other.file?.line(same.path);
    const where = `${other.file?.name ?? other.stack}${line === undefined ? "" : `:${line}`}`;
    const remedy = `give this stack its own: pulumi config set --path '${formatPath(path)}' NAME`;
    return {
      path,
      given: name,
      allowed: `a ${what} that is not ${formatPath(same.path)} in ${where}`,
      remedy,
    };
  });
}

/** A stack's namespaces, as far as they can be read: what else is wrong with them is told elsewhere. */
export function namespaces({ namespace, sandboxNamespace, withSandbox }: StackConfig["values"]): Taken[] {
  const own = text(namespace);
  const given = text(sandboxNamespace);
  const sandbox = given ?? (own === undefined ? undefined : defaultSandboxNamespace(own));
  const path = [given === undefined ? "namespace" : "sandboxNamespace"];
  return [
    ...(own === undefined ? [] : [{ path: ["namespace"], name: own }]),
    ...(sandbox === undefined || String(withSandbox) === "false" ? [] : [{ path, name: sandbox }]),
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

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
