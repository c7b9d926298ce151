export interface KubeconfigArgs {
  /** The name of its one context, by which the program finds it. */
  readonly context: string;
  /** The address of the API server. */
  readonly server: string;
  /** The certificates, in PEM, of those who vouch for that. */
  readonly certificateAuthority: string;
  /** Who has it, may do what its account may. */
  readonly token: string;
}

/** A kubeconfig with one context. It is JSON, which every reader of YAML takes. */
export function kubeconfig({ context, server, certificateAuthority, token }: KubeconfigArgs): string {
  const data = Buffer.from(certificateAuthority).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: context, cluster: { server, "certificate-authority-data": data } }],
    users: [{ name: context, user: { token } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    "current-context": context,
  });
}
