import type { Refusal } from "../../schema/refuse.ts";
import { needsHost } from "../needs.ts";
import type { CoreSettings } from "../stack/settings.ts";
import type { DashboardSettings } from "./settings.ts";

/** An instance that the dashboard shows. */
export interface Context {
  readonly name: string;
  readonly apiUrl: string;
}

type Shown = Pick<DashboardSettings, "dashboard" | "hosts"> & Pick<CoreSettings, "deployment">;

/** The API that the dashboard's image was built for, by the deployment. */
const BUILT_FOR: Readonly<Record<string, string>> = {
  prod: "https://prod.packit.dev/api",
  stg: "https://stg.packit.dev/api",
};

/** The instances that the page is to offer; none where it stays as it was built, for this instance alone. */
export function contextsOf({ dashboard, deployment, hosts }: Shown): readonly Context[] {
  const apiUrl = `https://${hosts.service}/api`;
  if (dashboard.contexts.length > 0) return dashboard.contexts;
  return BUILT_FOR[deployment] === apiUrl ? [] : [{ name: "Packit", apiUrl }];
}

/** The word from which the dashboard's image derives the host that it answers for; none for any other host. */
export function dashboardWord(host: string): string | undefined {
  if (host === "dashboard.localhost") return "dev";
  if (host === "dashboard.packit.dev") return "prod";
  const word = /^dashboard\.(.+)\.packit\.dev$/.exec(host)?.[1];
  return word === "prod" || word === "dev" ? undefined : word;
}

/**
 * The hosts of the APIs that the page calls. A browser sends requests for one of them over the dashboard's own HTTP/2
 * connection, where one certificate and one address serve both: the dashboard must know them to send them away.
 */
export function apiHosts(settings: Shown): readonly string[] {
  const shown = contextsOf(settings).map(({ apiUrl }) => new URL(apiUrl).hostname);
  return shown.length > 0 ? [...new Set(shown)] : [settings.hosts.service];
}

/** The APIs that the dashboard's own Content-Security-Policy keeps its page from calling. */
export function foreignApis(settings: Shown): readonly string[] {
  const origins = contextsOf(settings).map(({ apiUrl }) => new URL(apiUrl).origin);
  return origins.filter((origin) => !/^https:\/\/([a-z0-9-]+\.)+packit\.dev$/.test(origin));
}

/** A policy of the pods' own can be replaced only by a router that ends TLS. */
export function dashboardRefusals(settings: DashboardSettings & CoreSettings): Refusal[] {
  if (!settings.withDashboard) return [];
  const isMissing = settings.hosts.dashboard === undefined;
  return [...(isMissing ? [needsHost("dashboard", "withDashboard")] : []), ...contextRefusals(settings)];
}

function contextRefusals(settings: DashboardSettings & CoreSettings): Refusal[] {
  const isReplaced = settings.tls === "reencrypt" && settings.platform !== "kubernetes";
  if (isReplaced) return [];
  return foreignApis(settings).map((origin) => ({
    path: settings.dashboard.contexts.length > 0 ? ["dashboard", "contexts"] : ["hosts", "service"],
    value: origin,
    allowed: "hosts below packit.dev: the dashboard forbids its page to call others, unless tls is reencrypt",
    remedy: "set tls to reencrypt on OpenShift, or set withDashboard to false",
    reads: ["tls", "platform"],
  }));
}
