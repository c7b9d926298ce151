import { isMap, parseDocument, type YAMLMap } from "yaml";
import { PREFIX } from "./stack-file.ts";

/** What a stack may share with no other one. */
export interface NewStack {
  /** Its name, as in Pulumi.<stack>.yaml. */
  readonly stack: string;
  readonly kubeContext: string;
  readonly namespace: string;
  /** The domain below which its hosts get names of their own. */
  readonly domain: string;
}

/** What belongs to the stack that is copied: its way of encrypting, which no other one shares. */
const OWN = ["secretsprovider", "encryptedkey", "encryptionsalt"];

/** The text of a stack file like another one, but for what must differ; encrypted secrets are left out. */
export function newStackText(text: string, { stack, kubeContext, namespace, domain }: NewStack): string {
  const document = parseDocument(text);
  for (const key of OWN) document.delete(key);
  const set = (key: string, value: unknown) => document.setIn(["config", `${PREFIX}${key}`], value);
  set("kubeContext", kubeContext);
  set("namespace", namespace);
  document.deleteIn(["config", `${PREFIX}sandboxNamespace`]);
  // Two stacks would build the same images.
  document.deleteIn(["config", `${PREFIX}imageBuilds`]);
  const hosts = document.getIn(["config", `${PREFIX}hosts`]);
  const names = isMap(hosts) ? hosts.items.map(({ key }) => String(key)) : [];
  for (const name of new Set(["service", ...names]))
    document.setIn(
      ["config", `${PREFIX}hosts`, name],
      name === "service" ? `${stack}.${domain}` : `${stack}-${name.toLowerCase()}.${domain}`,
    );
  // The router shows a certificate of its own for hosts that the copied stack's certificate does not have.
  if (document.getIn(["config", `${PREFIX}platform`]) !== "kubernetes") set("tls", "reencrypt");
  withoutSecrets(document.getIn(["config", `${PREFIX}secrets`]));
  return document.toString({ lineWidth: 0 });
}

function withoutSecrets(map: unknown): void {
  if (!isMap(map)) return;
  for (const { key, value } of [...map.items]) {
    if (!isMap(value)) continue;
    if ((value as YAMLMap).has("secure")) map.delete(key);
    else withoutSecrets(value);
  }
}
