import { compromises } from "./components/configuration/image-supports.ts";
import type { Instance } from "./components/instance/instance.ts";
import { egressHosts } from "./components/network/egress-hosts.ts";
import { activePools } from "./components/workers/pools.ts";
import { showBytes, showCpu } from "./settings/consistency.ts";
import { type Amounts, hasProxy, sandboxTotals, totals } from "./settings/footprint.ts";
import type { Settings } from "./settings/load.ts";
import { namespacesOf } from "./settings/namespaces.ts";

/** What an operator wants to know of a stack. */
export function outputs(settings: Settings, { url, webhookSecret, images }: Instance) {
  const { hosts, workers } = settings;
  const page = (host: string | undefined) => host && `https://${host}/`;
  return {
    url,
    webhookUrl: url.apply((api) => `${api}webhooks/github`),
    webhookSecret,
    urls: {
      api: url,
      dashboard: settings.withDashboard ? page(hosts.dashboard) : undefined,
      flower: hasProxy(settings) && settings.withFlower ? page(hosts.workers) : undefined,
      metrics: hasProxy(settings) && settings.withPushgateway ? `${page(hosts.workers)}metrics` : undefined,
      redisCommander: settings.withRedisCommander ? page(hosts.redisCommander) : undefined,
    },
    namespaces: namespacesOf(settings),
    images,
    queues: Object.fromEntries(activePools(workers).map(({ name, queues }) => [name, queues])),
    totals: {
      declared: shown(totals(settings, "steady")),
      atMost: shown(totals(settings, "peak")),
      sandbox: settings.withSandbox ? shown(sandboxTotals(settings)) : undefined,
    },
    compromises: compromises(settings),
    egress: egressHosts(settings).map(({ host, ports, why }) => `${host}:${ports.join(",")} (${why})`),
  };
}

function shown(amounts: Amounts) {
  return {
    requests: { cpu: showCpu(amounts.requestsCpu), memory: showBytes(amounts.requestsMemory) },
    limits: { cpu: showCpu(amounts.limitsCpu), memory: showBytes(amounts.limitsMemory) },
    storage: showBytes(amounts.storage),
  };
}
