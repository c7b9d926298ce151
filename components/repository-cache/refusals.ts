import type { Refusal } from "../../schema/refuse.ts";
import type { SandboxSettings } from "../sandbox/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { type RepositoryCacheSettings, repositoryOf } from "./settings.ts";

/** Packit looks for a cached repository by its name alone. */
export function cacheRefusals({
  repositoryCache,
  platform,
  withSandbox,
}: CoreSettings & RepositoryCacheSettings & SandboxSettings): Refusal[] {
  const { repositories, refresh } = repositoryCache;
  const names = repositories.map((one) => repositoryOf(one).name);
  const same = repositories.flatMap(({ url }, i) => {
    const first = names.indexOf(names[i] ?? "");
    return first === i ? [] : [{ url, i, first: repositories[first]?.url }];
  });
  return [
    ...same.map(({ url, i, first }) => ({
      path: ["repositoryCache", "repositories", i, "url"],
      value: url,
      allowed: `an address whose last part is no other's: Packit would look for ${first} in the same folder`,
      remedy: "keep the larger one of the two",
    })),
    ...(repositoryCache.enabled && !withSandbox
      ? [
          {
            path: ["repositoryCache", "enabled"],
            value: "true",
            allowed: "false without a sandbox, whose clones it is for",
            remedy: "set it to false, or set withSandbox to true",
          },
        ]
      : []),
    ...(refresh.enabled && platform === "kubernetes"
      ? [
          {
            path: ["repositoryCache", "refresh", "enabled"],
            value: "true",
            allowed: "false on the platform kubernetes, which brings no image with a client",
            remedy: "set it to false, and run ./ops cache fill",
            reads: ["platform"],
          },
        ]
      : []),
  ];
}
