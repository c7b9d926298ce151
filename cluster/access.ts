import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { EnvironmentError, UserError } from "../errors.ts";
import { type ClusterEntry, type Kubeconfig, readKubeconfig, type UserEntry } from "./kubeconfig.ts";
import { environmentProxy } from "./proxy.ts";
import type { Exec, Tls, User, Way } from "./way.ts";

/** Which cluster is meant. */
export interface Access {
  /** The file that names it. @default - where kubectl looks */
  readonly kubeconfig?: string | undefined;
  /** The context in it. */
  readonly context: string;
  /** What to do where the file is not there or nothing answers. @default - what is to be done anywhere */
  readonly remedy?: string | undefined;
}

/** The way to the cluster that this runs in, as the account of its pod. */
export interface InCluster {
  readonly inCluster: true;
}

/** The way that leads there; where it leads nowhere, an error of one line, which quotes no credential. */
export function wayTo(access: Access | InCluster): Way {
  return "inCluster" in access ? inCluster() : ofContext(access);
}

/** Where a pod finds the account that it runs as. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

function inCluster(): Way {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port } = process.env;
  if (host === "")
    throw new EnvironmentError("This does not run in a pod of a cluster. Name a context instead.");
  const server = new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
  const ca = fileOf(join(ACCOUNT, "ca.crt"), "the certificate of the pod's account");
  return { server, tls: { ca }, user: { name: "pod", tokenFile: join(ACCOUNT, "token") } };
}

function ofContext({ kubeconfig: file, context: name, remedy }: Access): Way {
  const config = readKubeconfig(file, remedy);
  const context = config.contexts.get(name)?.value;
  if (context === undefined) {
    const known = [...config.contexts.keys()].join(", ");
    throw new UserError(
      `The kubeconfig ${config.source} has no context "${name}". It has: ${known || "none"}.`,
    );
  }
  const cluster = entry(config, "clusters", context.cluster, name);
  const user = context.user ? entry(config, "users", context.user, name) : { value: {}, folder: "" };
  const server = address(cluster.value.server, `server of ${context.cluster}`, ["https:", "http:"]);
  const own = cluster.value["proxy-url"];
  const proxy = own ? address(own, `proxy-url of ${context.cluster}`, PROXIES) : environmentProxy(server);
  const tls = { ...serverTls(cluster, context.cluster), ...clientTls(user, context.user ?? "") };
  refuseBroken(tls, config.source);
  return { server, proxy, tls, user: userOf(user, context.user ?? "", cluster), remedy };
}

function entry<K extends "clusters" | "users">(config: Kubeconfig, kind: K, name: string, context: string) {
  // The maps of a Kubeconfig have entries of their own kind.
  const found = config[kind].get(name) as (K extends "clusters" ? ClusterEntry : UserEntry) | undefined;
  if (found) return found;
  throw new EnvironmentError(
    `The kubeconfig ${config.source} is broken: ${kind} has no "${name}", which the context "${context}" names.`,
  );
}

/** What kubectl takes for a proxy. */
const PROXIES = ["http:", "https:", "socks5:"];

function address(text: string, what: string, protocols: readonly string[]): URL {
  const url = URL.parse(text);
  if (url && protocols.includes(url.protocol) && url.hostname !== "") return url;
  const allowed = protocols.map((protocol) => `${protocol}//…`).join(", ");
  throw new EnvironmentError(`The kubeconfig is broken: ${what} is no address of the form ${allowed}.`);
}

function serverTls({ value, folder }: ClusterEntry, name: string): Tls {
  const ca = pem(
    value["certificate-authority-data"],
    value["certificate-authority"],
    folder,
    `cluster ${name}`,
  );
  const servername = value["tls-server-name"];
  return {
    ...(ca !== undefined && { ca }),
    ...(servername && { servername }),
    ...(value["insecure-skip-tls-verify"] && { rejectUnauthorized: false }),
  };
}

function clientTls({ value, folder }: UserEntry, name: string): Tls {
  const cert = pem(value["client-certificate-data"], value["client-certificate"], folder, `user ${name}`);
  const key = pem(value["client-key-data"], value["client-key"], folder, `user ${name}`);
  return { ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

/** What is in the kubeconfig itself comes before what it names, as with kubectl. */
function pem(
  data: string | null | undefined,
  file: string | null | undefined,
  folder: string,
  whose: string,
): string | undefined {
  if (data) return Buffer.from(data, "base64").toString();
  return file ? fileOf(resolve(folder, file), `a certificate or key of the ${whose}`) : undefined;
}

function fileOf(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "?";
    throw new EnvironmentError(`${path}, ${what}, cannot be read (${code}). Check the path and its rights.`);
  }
}

/** Certificates and keys that OpenSSL cannot read would be told only at the first request, as if the network were. */
function refuseBroken({ ca, cert, key }: Tls, source: string): void {
  const isRead = (work: () => unknown) => {
    try {
      return work() !== undefined;
    } catch {
      return false;
    }
  };
  const broken = (what: string) =>
    new EnvironmentError(`The kubeconfig ${source} is broken: ${what}. Mend it, or log in again.`);
  if (ca !== undefined && !isRead(() => new X509Certificate(ca)))
    throw broken("the cluster's certificate authority is no PEM certificate");
  if ((cert === undefined) !== (key === undefined))
    throw broken("a client certificate needs its key, and a key it");
  if (cert !== undefined && !isRead(() => createSecureContext({ cert, key })))
    throw broken("the client certificate and key are no PEM, or do not belong together");
}

function userOf({ value, folder }: UserEntry, name: string, cluster: ClusterEntry): User {
  const { token, tokenFile, username, password, exec, as } = value;
  const extra = Object.entries(value["as-user-extra"] ?? {});
  const headers = {
    ...(as && { "Impersonate-User": as }),
    ...(value["as-uid"] && { "Impersonate-Uid": value["as-uid"] }),
    ...(value["as-groups"]?.length && { "Impersonate-Group": value["as-groups"] }),
    ...Object.fromEntries(
      extra.map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values]),
    ),
  };
  return {
    name,
    token: token || undefined,
    tokenFile: tokenFile ? resolve(folder, tokenFile) : undefined,
    login: username ? { username, password: password ?? "" } : undefined,
    exec: exec ? plugin(exec, folder, cluster) : undefined,
    authProvider: value["auth-provider"] ?? undefined,
    impersonation: headers,
  };
}

function plugin(exec: NonNullable<UserEntry["value"]["exec"]>, folder: string, cluster: ClusterEntry): Exec {
  const { command, args, env, apiVersion, installHint, interactiveMode, provideClusterInfo } = exec;
  // A command with a path starts from the kubeconfig's folder, any other is looked for on PATH.
  const isPath = command.includes("/");
  return {
    apiVersion,
    command: isPath ? resolve(folder, command) : command,
    args: args ?? [],
    env: Object.fromEntries((env ?? []).map((one) => [one.name, one.value])),
    installHint: installHint ?? undefined,
    mayAsk: interactiveMode !== "Never",
    cluster: provideClusterInfo ? cluster.value : undefined,
  };
}
