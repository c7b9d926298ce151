import type { BuildSettings } from "./settings.ts";

/** The file by which builds log in at a registry. Without `auth`, which is both in base64, a template can fill it in. */
export function dockerConfig({
  registry,
  account,
  token,
}: Pick<BuildSettings, "registry" | "account"> & { readonly token: string }): string {
  const [host = ""] = registry.split("/");
  return JSON.stringify({ auths: { [host]: { username: account, password: token } } });
}
