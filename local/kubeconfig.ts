import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:https";
import { parse, stringify } from "yaml";
import type { Access } from "../cluster/access.ts";
import type { Paths } from "./paths.ts";

/** The name of the one context in a local control plane's kubeconfig. */
export const LOCAL_CONTEXT = "packit-local";

/** The way to the control plane of this machine. */
export function localAccess({ kubeconfig }: Pick<Paths, "kubeconfig">): Access {
  return {
    kubeconfig,
    context: LOCAL_CONTEXT,
    remedy: "No control plane runs here. Start one: ./ops local up stage",
  };
}

interface Endpoint {
  readonly port: number;
  readonly token: string;
  /** The API server's own certificate, which stands for its authority too. */
  readonly certificate: Buffer;
}

/** Writes the control plane's own kubeconfig file, which its user alone may read. */
export function writeKubeconfig(paths: Paths, { port, token, certificate }: Endpoint): void {
  const name = LOCAL_CONTEXT;
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [
      {
        name,
        cluster: {
          server: `https://127.0.0.1:${port}`,
          "certificate-authority-data": certificate.toString("base64"),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user: { token } }],
  };
  writeFileSync(`${paths.kubeconfig}.new`, stringify(config, { lineWidth: 0 }), { mode: 0o600 });
  renameSync(`${paths.kubeconfig}.new`, paths.kubeconfig);
}

/** Whether the API server that the kubeconfig names answers that it is ready. */
export async function isReady(paths: Paths): Promise<boolean> {
  if (!existsSync(paths.kubeconfig)) return false;
  const { clusters, users } = parse(readFileSync(paths.kubeconfig, "utf8"));
  const ca = Buffer.from(clusters[0].cluster["certificate-authority-data"], "base64");
  const agent = new Agent({ ca, keepAlive: false });
  const headers = { authorization: `Bearer ${users[0].user.token}` };
  return new Promise((resolve) => {
    const request = get(
      `${clusters[0].cluster.server}/readyz`,
      { agent, headers, timeout: 2000 },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on("error", () => resolve(false));
    request.on("timeout", () => request.destroy());
  });
}
