import { z } from "zod";
import { flag } from "../../schema/values.ts";

/** What images of Packit's own cannot do yet: each is a change of theirs that a flag here waits for. */
export const FEATURES = {
  fedmsgUser:
    "packit-service-fedmsg takes the Fedora account whose Copr and Koji messages it lets through from FAS_USER, and not from DEPLOYMENT",
  testingFarmWebhook:
    "packit-service asks Testing Farm to send results to its own server_name, and not to prod.packit.dev or stg.packit.dev",
  deploymentNames: "packit knows deployments besides dev, stg and prod",
  dashboardContexts:
    "the dashboard offers the instances that /assets/contexts.json lists, and links to it name one of them",
  helpPrefix: "packit-service answers help commands by its own prefix alone",
} as const;

export type Feature = keyof typeof FEATURES;

/** Object.keys with the features' own type. */
export const NAMES = Object.keys(FEATURES) as Feature[];

const missing = (feature: Feature) => flag.default(false).describe(`Whether ${FEATURES[feature]}.`);

export const imageSupports = z
  .strictObject({
    fedmsgUser: missing("fedmsgUser"),
    testingFarmWebhook: missing("testingFarmWebhook"),
    deploymentNames: missing("deploymentNames"),
    dashboardContexts: missing("dashboardContexts"),
    helpPrefix: missing("helpPrefix"),
  } satisfies Record<Feature, unknown>)
  .prefault({})
  .describe("What the stack's images can do. Set one to true when they hold the change that it names.");

/** The account whose messages packit-service-fedmsg lets through, by the deployment. */
export const FEDMSG_USERS = { prod: "packit", stg: "packit-stg", dev: "packit" } as const;

/** The host to which Testing Farm is asked to send results, by the deployment. */
export const WEBHOOK_HOSTS = {
  prod: "prod.packit.dev",
  stg: "stg.packit.dev",
  dev: "stg.packit.dev",
} as const;

/** Where results are asked for that do not come: packit-service has this address built in. */
export const POLLED_HOST = "api.dev.testing-farm.io";

interface Asking {
  readonly hosts: { readonly service: string };
  readonly deployment: keyof typeof WEBHOOK_HOSTS;
  readonly imageSupports: z.output<typeof imageSupports>;
}

/** Whether Testing Farm's results come only by asking for them. */
export function asksTestingFarm({ hosts, deployment, imageSupports }: Asking): boolean {
  return !imageSupports.testingFarmWebhook && hosts.service !== WEBHOOK_HOSTS[deployment];
}
