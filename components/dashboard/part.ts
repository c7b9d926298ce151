import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { running } from "../workload.ts";
import { contextsOf, dashboardRefusals } from "./contexts.ts";
import {
  DASHBOARD,
  DASHBOARD_PORT,
  type DashboardSettings,
  dashboardHosts,
  dashboardImages,
  dashboardSettings,
  PAGES,
} from "./settings.ts";

export const dashboard = {
  name: "dashboard",
  settings: dashboardSettings,
  hosts: dashboardHosts,
  images: dashboardImages,
  refusals: dashboardRefusals,
  isOn: ({ withDashboard }) => withDashboard,
  components: (settings) => [
    {
      ...running(DASHBOARD, settings.dashboard.replicas, { [DASHBOARD]: settings.dashboard }),
      ...(contextsOf(settings).length > 0 && {
        initContainers: { [PAGES]: settings.dashboard.resources },
      }),
      open: DASHBOARD_PORT,
    },
  ],
  certified: ({ hosts }) => [hosts.dashboard],
  page: {
    name: "dashboard",
    label: "dashboard",
    url: ({ dashboard }) => dashboard && `https://${dashboard}/`,
  },
  choice: { name: "dashboard", setting: "withDashboard", isUsual: false },
  component: async () => (await import("./dashboard.ts")).Dashboard,
  isTool: true,
  after: ["valkey"],
} satisfies Part<CoreSettings & DashboardSettings>;
