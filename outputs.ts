import { compromises } from "./components/configuration/compromises.ts";
import { egressHosts } from "./components/egress.ts";
import type { Instance } from "./components/instance/instance.ts";
import type { Settings } from "./components/settings.ts";
import { namespacesOf } from "./components/stack/namespaces.ts";
import { partsOf, sandboxTotals, totals } from "./components/totals.ts";
import { activePools } from "./components/workers/pools.ts";
import { type Amounts, showBytes, showCpu } from "./kubernetes/amounts.ts";

/** What an operator wants to know of a stack. */
export function outputs(settings: Settings, { url, webhookSecret, images }: Instance) {
  const pages = partsOf(settings).flatMap(({ page }) =>
    page && (page.isOn?.(settings) ?? true) ? [[page.name, page.url(settings.hosts)] as const] : [],
  );
  return {
    url,
    webhookUrl: url.apply((api) => `${api}webhooks/github`),
    webhookSecret,
    urls: Object.fromEntries(pages),
    namespaces: namespacesOf(settings),
    images,
    queues: Object.fromEntries(activePools(settings.workers).map(({ name, queues }) => [name, queues])),
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
