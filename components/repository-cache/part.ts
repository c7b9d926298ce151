import type { Claim } from "../../kubernetes/workload.ts";
import { OC_RESOURCES } from "../oc.ts";
import type { Part } from "../part.ts";
import type { SandboxSettings } from "../sandbox/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import type { WorkersSettings } from "../workers/settings.ts";
import { job } from "../workload.ts";
import { cacheRefusals } from "./refusals.ts";
import {
  cachedHosts,
  filling,
  REFRESH,
  type RepositoryCacheSettings,
  refreshesCache,
  repositoryCacheSettings,
  sandboxCacheClaim,
  workerCacheClaim,
  workersWithCache,
} from "./settings.ts";

type Reads = CoreSettings & RepositoryCacheSettings & WorkersSettings & SandboxSettings;

const claims = (settings: Reads, nameOf: (worker: string) => string): Claim[] =>
  workersWithCache(settings).map((worker) => {
    const { size, storageClass } = settings.repositoryCache;
    return { name: nameOf(worker), size, storageClass };
  });

export const repositoryCache = {
  name: "repository-cache",
  settings: repositoryCacheSettings,
  refusals: cacheRefusals,
  isOn: ({ repositoryCache }) => repositoryCache.enabled,
  components: (settings) => [
    ...filling(settings),
    ...(refreshesCache(settings)
      ? [{ ...job(REFRESH, { [REFRESH]: { resources: OC_RESOURCES } }), usesApi: true }]
      : []),
  ],
  claims: (settings) => claims(settings, workerCacheClaim),
  inSandbox: (settings) => ({ components: filling(settings), claims: claims(settings, sandboxCacheClaim) }),
  egress: cachedHosts,
} satisfies Part<Reads>;
