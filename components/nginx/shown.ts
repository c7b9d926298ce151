import { FLOWER, FLOWER_PROXIED, type FlowerSettings } from "../flower/settings.ts";
import { PUSHGATEWAY_PROXIED, type PushgatewaySettings } from "../pushgateway/settings.ts";
import type { Proxied } from "./proxied.ts";
import type { NginxSettings } from "./settings.ts";

/** The settings that say what there is to show. */
export type ShowingSettings = NginxSettings & FlowerSettings & PushgatewaySettings;

/** What the proxy shows, where a stack has it. */
const SHOWN: readonly { readonly isOn: (settings: ShowingSettings) => boolean; readonly shown: Proxied }[] = [
  { isOn: ({ withPushgateway }) => withPushgateway, shown: PUSHGATEWAY_PROXIED },
  { isOn: ({ withFlower }) => withFlower, shown: FLOWER_PROXIED },
];

/** What of a stack the proxy shows. */
export function shownOf(settings: ShowingSettings): readonly Proxied[] {
  return SHOWN.filter(({ isOn }) => isOn(settings)).map(({ shown }) => shown);
}

/** The parts that the proxy may show, whose addresses it looks up at its start. */
export const SHOWN_PARTS = SHOWN.map(({ shown: { part } }) => part);

/** Whether there is a reverse proxy: it needs something to show. */
export function hasProxy(settings: ShowingSettings): boolean {
  return settings.withNginx && shownOf(settings).length > 0;
}

/** Whether there are pages that ask for a password. */
export function hasPages(settings: ShowingSettings): boolean {
  return shownOf(settings).some(({ part }) => part === FLOWER.part);
}
