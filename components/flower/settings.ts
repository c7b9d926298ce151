import type { z } from "zod";
import { part } from "../../schema/part.ts";
import { secret } from "../../schema/secrets/spec.ts";
import { flag } from "../../schema/values.ts";
import type { Proxied } from "../nginx/proxied.ts";

export const flowerSettings = {
  withFlower: flag.default(true).describe("Run Flower, which shows Celery's tasks and workers."),
  flower: part({ requests: { cpu: "5m", memory: "80Mi" }, limits: { cpu: "50m", memory: "128Mi" } }),
};

export type FlowerSettings = Readonly<z.output<z.ZodObject<typeof flowerSettings>>>;

export const flowerSecrets = {
  flowerPassword: secret("generated", "Flower's password", "word", { resource: "flower" }),
};

/** Where others find it: its Service's name, and its pods' port. */
export const FLOWER = { part: "flower", host: "flower", port: 5555 } as const;

/** The account that Flower's pages and its API ask for. */
export const FLOWER_USER = "flower-boss";

/** What the proxy shows of it. */
export const FLOWER_PROXIED = {
  ...FLOWER,
  setting: "withFlower",
  metrics: { path: "/flower-metrics", target: `http://${FLOWER.host}:${FLOWER.port}/metrics` },
  pages: `http://${FLOWER.host}:${FLOWER.port}`,
} as const satisfies Proxied;
