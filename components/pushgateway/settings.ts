import type { z } from "zod";
import { part } from "../../schema/part.ts";
import { flag } from "../../schema/values.ts";
import type { Proxied } from "../nginx/proxied.ts";

export const pushgatewaySettings = {
  withPushgateway: flag.default(true).describe("Collect the workers' metrics in a Pushgateway."),
  pushgateway: part({ requests: { cpu: "5m", memory: "16Mi" }, limits: { cpu: "50m", memory: "32Mi" } }),
};

export type PushgatewaySettings = Readonly<z.output<z.ZodObject<typeof pushgatewaySettings>>>;

/** Where others find it: its Service's name, and its pods' port. */
export const PUSHGATEWAY = { part: "pushgateway", host: "pushgateway", port: 9091 } as const;

/** Where workers leave their metrics. */
export const PUSHGATEWAY_URL = `http://${PUSHGATEWAY.host}`;

/** What the proxy shows of it. */
export const PUSHGATEWAY_PROXIED = {
  ...PUSHGATEWAY,
  setting: "withPushgateway",
  metrics: { path: "/metrics", target: `${PUSHGATEWAY_URL}/metrics` },
} as const satisfies Proxied;
