import type { Refusal } from "../../schema/refuse.ts";
import type { DashboardSettings } from "../dashboard/settings.ts";
import type { FedmsgSettings } from "../fedmsg/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { isDormant } from "./fedora-ci.ts";
import {
  asksTestingFarm,
  FEATURES,
  FEDMSG_USERS,
  type Feature,
  NAMES,
  POLLED_HOST,
  WEBHOOK_HOSTS,
} from "./image-supports.ts";

type CompromisingSettings = CoreSettings & FedmsgSettings & DashboardSettings;

/** What is asked of images that cannot do it, and that there is no other way to do. */
export function supportRefusals(settings: CompromisingSettings): Refusal[] {
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
export function compromises(settings: CompromisingSettings): string[] {
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

function isForeignUser({ withFedmsg, identity, deployment }: CompromisingSettings): boolean {
  return withFedmsg && identity.fasUser !== FEDMSG_USERS[deployment];
}
