import type { Mount } from "../../kubernetes/container.ts";
import type { Credentials } from "./credentials.ts";
import { GITHUB_APP_KEY } from "./packit-service-yaml.ts";

/** The GitHub App's key, where the instance has one. */
export function githubAppMount({ githubApp }: Credentials): Mount[] {
  if (githubApp === undefined) return [];
  const files = [githubApp.pick(GITHUB_APP_KEY.file)];
  return [{ name: "github-app", path: GITHUB_APP_KEY.directory, readOnly: true, from: { files } }];
}

/**
 * centpkg-sig.conf, where gitlab.com is served. Its folder holds other files of the image, so it is mounted alone;
 * such a mount never changes under a running pod, but a change of the file replaces the pod.
 */
export function centpkgSigMount({ centpkgSig }: Credentials): Mount[] {
  if (centpkgSig === undefined) return [];
  const files = [centpkgSig.pick("centpkg-sig.conf")];
  const path = "/etc/rpkg/centpkg-sig.conf";
  return [{ name: "rpkg", path, subPath: "centpkg-sig.conf", readOnly: true, from: { files } }];
}
