import type { BuildSettings } from "./settings.ts";

/** The file by which builds log in at a registry, as `docker login` writes it. */
export function dockerConfig({
  registry,
  account,
  token,
}: Pick<BuildSettings, "registry" | "account"> & { readonly token: string }): string {
  const [host = ""] = registry.split("/");
  const auth = Buffer.from(`${account}:${token}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { auth } } });
}
