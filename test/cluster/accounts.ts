import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { ApiClient } from "../../cluster/api-client.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { PATHS } from "./control-plane.ts";

/** An account of the cluster. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** A client with the rights of an account, by a token that is made for it and soon is over. */
export async function clientOf(client: ApiClient, { namespace, name }: Account): Promise<ApiClient> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const { status } = await client.request<{ status: { token: string } }>("POST", path, body);
  return clientWith(status.token);
}

/** Another API server than that of the shared control plane. */
export interface Elsewhere {
  readonly server: string;
  readonly certificate: Buffer;
}

/** A client with the rights of whoever has a token. */
export function clientWith(token: string, elsewhere?: Elsewhere): ApiClient {
  const config = parse(readFileSync(PATHS.kubeconfig, "utf8"));
  if (elsewhere !== undefined) {
    const { server, certificate } = elsewhere;
    const data = certificate.toString("base64");
    for (const { cluster } of config.clusters)
      Object.assign(cluster, { server, "certificate-authority-data": data });
  }
  for (const { user } of config.users) {
    for (const key of Object.keys(user)) delete user[key];
    user.token = token;
  }
  const folder = mkdtempSync(join(tmpdir(), "packit-test-"));
  try {
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, stringify(config));
    // It is read at once.
    return new ApiClient({ kubeconfig, context: LOCAL_CONTEXT });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Something that somebody may do or not, as a SubjectAccessReview has it. */
export interface Question {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Asks the API server whether a user may do something. */
export async function mayUser(
  client: ApiClient,
  user: string,
  asked: Question,
  groups: readonly string[] = [],
) {
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user, groups: [...groups, "system:authenticated"], resourceAttributes: asked },
  };
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  return (await client.request<{ status: { allowed: boolean } }>("POST", path, body)).status.allowed;
}

/** Asks the API server whether an account may do something. */
export function mayAccount(client: ApiClient, { namespace, name }: Account, asked: Question) {
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
  return mayUser(client, `system:serviceaccount:${namespace}:${name}`, asked, groups);
}
