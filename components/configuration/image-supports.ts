import { z } from "zod";
import type { Refusal } from "../../settings/refuse.ts";
import type { SchemaOutput } from "../../settings/schema.ts";
import { flag } from "../../settings/values.ts";
import { isDormant } from "./fedora-ci.ts";

/** What images of Packit's own cannot do yet: each is a change of theirs that a flag here waits for. */
const FEATURES = {
  fedmsgUser:
    "packit-service-fedmsg takes the Fedora account whose Copr and Koji messages it lets through from FAS_USER, and not from DEPLOYMENT",
  testingFarmWebhook:
    "packit-service asks Testing Farm to send results to its own server_name, and not to prod.packit.dev or stg.packit.dev",
  deploymentNames: "packit knows deployments besides dev, stg and prod",
  dashboardContexts:
    "the dashboard offers the instances that /assets/contexts.json lists, and links to it name one of them",
  helpPrefix: "packit-service answers help commands by its own prefix alone",
} as const;

type Feature = keyof typeof FEATURES;

/** Object.keys with the features' own type. */
const NAMES = Object.keys(FEATURES) as Feature[];

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
const FEDMSG_USERS = { prod: "packit", stg: "packit-stg", dev: "packit" } as const;

/** The host to which Testing Farm is asked to send results, by the deployment. */
const WEBHOOK_HOSTS = { prod: "prod.packit.dev", stg: "stg.packit.dev", dev: "stg.packit.dev" } as const;

/** Where results are asked for that do not come: packit-service has this address built in. */
export const POLLED_HOST = "api.dev.testing-farm.io";

/** Whether Testing Farm's results come only by asking for them. */
export function asksTestingFarm({
  hosts,
  deployment,
  imageSupports,
}: Pick<SchemaOutput, "hosts" | "deployment" | "imageSupports">): boolean {
  return !imageSupports.testingFarmWebhook && hosts.service !== WEBHOOK_HOSTS[deployment];
}

/** What is asked of images that cannot do it, and that there is no other way to do. */
export function supportRefusals(settings: SchemaOutput): Refusal[] {
  const { identity, deployment, imageSupports } = settings;
  const refusal = (feature: Feature, path: string[], value: string, allowed: string): Refusal[] =>
    imageSupports[feature]
      ? []
      : [
          {
            path,
            value,
            allowed: `${allowed} until ${FEATURES[feature]}`,
            remedy: `use that; or, once the stack's images can do it, set imageSupports.${feature} to true`,
            reads: ["imageSupports", "deployment"],
          },
        ];
  const { fasUser, deploymentName } = identity;
  return [
    isForeignUser(settings) && deployment !== "dev"
      ? refusal("fedmsgUser", ["identity", "fasUser"], fasUser, FEDMSG_USERS[deployment])
      : [],
    deploymentName !== undefined
      ? refusal("deploymentNames", ["identity", "deploymentName"], deploymentName, "nothing")
      : [],
  ].flat();
}

/** What runs in another way than it would with images that could do more, one line each. */
export function compromises(settings: SchemaOutput): string[] {
  const { identity, deployment, hosts, dashboard, imageSupports } = settings;
  const made = {
    fedmsgUser:
      isForeignUser(settings) &&
      `Results of Copr builds are asked for every hour, and those of Koji are lost, as ${identity.fasUser} is not ${FEDMSG_USERS[deployment]}.`,
    testingFarmWebhook:
      asksTestingFarm({ hosts, deployment, imageSupports }) &&
      `Testing Farm's results are asked for every 10 minutes, of ${POLLED_HOST}, as they are sent to ${WEBHOOK_HOSTS[deployment]}.`,
    deploymentNames: false,
    dashboardContexts:
      settings.withDashboard &&
      dashboard.contexts.length > 1 &&
      `The dashboard shows ${dashboard.contexts[0]?.name} alone.`,
    helpPrefix:
      settings.role === "fedora-ci" &&
      !isDormant(settings) &&
      "It answers /packit help and /packit-ci help in dist-git, as prod does.",
  } satisfies Record<Feature, string | false>;
  return NAMES.flatMap((feature) => {
    const compromise = made[feature];
    return !compromise || imageSupports[feature]
      ? []
      : [`${compromise} It waits until ${FEATURES[feature]}.`];
  });
}

function isForeignUser({ withFedmsg, identity, deployment }: SchemaOutput): boolean {
  return withFedmsg && identity.fasUser !== FEDMSG_USERS[deployment];
}
