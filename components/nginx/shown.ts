import { FLOWER_PROXIED } from "../flower/settings.ts";
import { POSTGRES_EXPORTER_PROXIED } from "../postgres-exporter/settings.ts";
import { PUSHGATEWAY_PROXIED } from "../pushgateway/settings.ts";
import type { Proxied } from "./proxied.ts";
import type { NginxSettings } from "./settings.ts";

/** What the proxy shows, where a stack has it. */
const SHOWN = [PUSHGATEWAY_PROXIED, POSTGRES_EXPORTER_PROXIED, FLOWER_PROXIED] as const;

/** The settings that say what there is to show. */
export type ShowingSettings = NginxSettings & {
  readonly [K in (typeof SHOWN)[number]["setting"]]: boolean;
};

/** What of a stack the proxy shows. */
export function shownOf(settings: ShowingSettings): readonly Proxied[] {
  return SHOWN.filter(({ setting }) => settings[setting]);
}

/** The parts that the proxy may show, whose addresses it looks up at its start. */
export const SHOWN_PARTS = SHOWN.map(({ part }) => part);

/** Whether there is a reverse proxy: it needs something to show. */
export function hasProxy(settings: ShowingSettings): boolean {
  return settings.withNginx && shownOf(settings).length > 0;
}

/** Whether there are pages that ask for a password. */
export function hasPages(settings: ShowingSettings): boolean {
  return shownOf(settings).some(({ pages }) => pages !== undefined);
}
