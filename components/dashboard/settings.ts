import { z } from "zod";
import { part } from "../../schema/part.ts";
import { baseUrl, flag, hostName, line, positive } from "../../schema/values.ts";
import { ownImage } from "../images.ts";

const contexts = z
  .array(
    z.strictObject({
      name: line.meta({ example: "Packit" }).describe("What the page calls the instance."),
      apiUrl: baseUrl
        .meta({ example: "https://prod.packit.dev/api" })
        .describe("Its API, with /api at the end."),
    }),
  )
  .default([])
  .describe("The instances that the page offers; it starts with the first. Default: this one alone.");

export const dashboardSettings = {
  withDashboard: flag.default(true).describe("Run the dashboard, at `hosts.dashboard`."),
  dashboard: part(
    { requests: { cpu: "5m", memory: "128Mi" }, limits: { cpu: "50m", memory: "256Mi" } },
    { replicas: positive.default(1).describe("Dashboard pods."), contexts },
  ),
};

export const dashboardHosts = {
  dashboard: hostName
    .meta({ example: "dashboard.stg.packit.dev" })
    .optional()
    .describe("The host of the dashboard, which statuses link to."),
};

export const dashboardImages = {
  dashboard: ownImage("The dashboard.", {
    stream: "packit-dashboard",
    repository: "dashboard",
    source: { repository: "dashboard", dockerfile: "Dockerfile" },
  }),
};

export type DashboardSettings = Readonly<z.output<z.ZodObject<typeof dashboardSettings>>> & {
  readonly hosts: { readonly service: string } & Readonly<z.output<z.ZodObject<typeof dashboardHosts>>>;
};

/** The component of the dashboard's pods. */
export const DASHBOARD = "packit-dashboard";

/** The port of its pods. */
export const DASHBOARD_PORT = 8443;

/** The init container that points the built page elsewhere. */
export const PAGES = "pages";
