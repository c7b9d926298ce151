import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { EnvironmentError } from "../errors.ts";

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();

const cluster = z.object({
  server: z.string(),
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": z.boolean().nullish(),
  "tls-server-name": text,
  "proxy-url": text,
});

const exec = z.object({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: texts,
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: text,
  interactiveMode: text,
  provideClusterInfo: z.boolean().nullish(),
});

const user = z.object({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  exec: exec.nullish(),
  "auth-provider": z
    .object({ name: z.string(), config: z.record(z.string(), z.string()).nullish() })
    .nullish(),
  as: text,
  "as-uid": text,
  "as-groups": texts,
  "as-user-extra": z.record(z.string(), z.array(z.string())).nullish(),
});

const context = z.object({ cluster: z.string(), user: text });

const kubeconfig = z.object({
  clusters: z.array(z.object({ name: z.string(), cluster })).nullish(),
  users: z.array(z.object({ name: z.string(), user: user.nullish() })).nullish(),
  contexts: z.array(z.object({ name: z.string(), context })).nullish(),
});

/** An entry of a kubeconfig, and the folder that its paths start from. */
export interface Entry<T> {
  readonly value: T;
  readonly folder: string;
}

export type ClusterEntry = Entry<z.infer<typeof cluster>>;
export type UserEntry = Entry<z.infer<typeof user>>;

/** One or several kubeconfig files as one. */
export interface Kubeconfig {
  /** The files that were read, as messages name them. */
  readonly source: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, Entry<z.infer<typeof context>>>;
}

/**
 * Reads a kubeconfig, or those where kubectl looks. Of what several files say, the first one's holds. What is wrong
 * with a file is told in one line, which quotes nothing of it; `remedy` is what to do where there is none.
 */
export function readKubeconfig(file: string | undefined, remedy?: string): Kubeconfig {
  const files = file === undefined ? defaultFiles() : [file];
  const read = files.flatMap((path) => readFile(path) ?? []);
  if (read.length === 0)
    throw new EnvironmentError(
      `There is no kubeconfig at ${files.join(" or ")}. ${remedy ?? "Log in first (oc login …), or name another file."}`,
    );
  return {
    source: read.map(({ path }) => path).join(", "),
    clusters: firstOf(read, ({ clusters }) => clusters?.map((one) => [one.name, one.cluster])),
    users: firstOf(read, ({ users }) => users?.map((one) => [one.name, one.user ?? {}])),
    contexts: firstOf(read, ({ contexts }) => contexts?.map((one) => [one.name, one.context])),
  };
}

function defaultFiles(): string[] {
  const named = (process.env.KUBECONFIG ?? "").split(delimiter).filter(Boolean);
  return named.length > 0 ? named : [join(process.env.HOME || homedir(), ".kube", "config")];
}

interface File {
  readonly path: string;
  readonly config: z.infer<typeof kubeconfig>;
}

function firstOf<T>(
  files: readonly File[],
  entries: (config: File["config"]) => [string, T][] | null | undefined,
): Map<string, Entry<T>> {
  const found = new Map<string, Entry<T>>();
  for (const { path, config } of files) {
    for (const [name, value] of entries(config) ?? [])
      if (!found.has(name)) found.set(name, { value, folder: dirname(resolve(path)) });
  }
  return found;
}

/** One file; nothing if there is none. */
function readFile(path: string): File | undefined {
  const content = contentOf(path);
  if (content === undefined) return undefined;
  // Its messages quote the lines that are wrong, which may be those of a credential.
  const document = parseDocument(content, { prettyErrors: true });
  const [error] = document.errors;
  if (error)
    throw new EnvironmentError(
      `The kubeconfig ${path} is broken: line ${error.linePos?.[0].line ?? 1} is not YAML. Mend it, or log in again.`,
    );
  const { data, error: misfit } = kubeconfig.safeParse(document.toJS() ?? {});
  if (data) return { path, config: data };
  const where = misfit.issues.map((issue) => issue.path.join(".") || "all of it").join(", ");
  throw new EnvironmentError(
    `The kubeconfig ${path} is broken: ${where} has not the form that kubectl wants. Mend it, or log in again.`,
  );
}

const UNREADABLE: Readonly<Record<string, string>> = {
  EISDIR: "is a folder, not a file",
  ENOTDIR: "is below something that is no folder",
  EACCES: "may not be read by you",
  EPERM: "may not be read by you",
};

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return undefined;
    throw new EnvironmentError(
      `The kubeconfig ${path} ${UNREADABLE[code] ?? `cannot be read (${code})`}. Check the path and its rights.`,
    );
  }
}
