import { z } from "zod";
import { ingress } from "../../platform/ingress.ts";
import { refuse } from "../../schema/refuse.ts";
import { secretSettings } from "../../schema/secrets/settings.ts";
import {
  dnsLabel,
  flag,
  folderUrl,
  hostName,
  labelKey,
  labelValue,
  line,
  namespaceName,
  objectName,
} from "../../schema/values.ts";
import { fedoraCi, role } from "../configuration/fedora-ci.ts";
import { forges } from "../configuration/forges.ts";
import { imageSupports } from "../configuration/image-supports.ts";
import { packitConfig } from "../configuration/packit-config.ts";
import { DIST_GIT } from "../configuration/role.ts";
import { upstreamSwitches } from "../configuration/upstream-switches.ts";
import { limits } from "../network/limits.ts";
import { release } from "../release/settings.ts";
import { testInstances } from "../test-instance/pool.ts";
import { imagePolicy } from "./image-policy.ts";

const toleration = z
  .strictObject({
    key: labelKey.describe("The taint's key."),
    operator: z.enum(["Equal", "Exists"]).default("Equal").describe("How the taint's value is compared."),
    value: labelValue.optional().describe("The taint's value, with the operator Equal."),
    effect: z
      .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
      .optional()
      .describe("The taint's effect. Default: every effect."),
  })
  .superRefine(({ operator, value }, context) => {
    if (operator === "Equal" || !value) return;
    refuse(context, {
      path: ["value"],
      value,
      allowed: "no value with the operator Exists",
      remedy: "leave value out, or use the operator Equal",
    });
  });

/** What a stack file may say that is of no one part. */
export const core = {
  deployment: z
    .enum(["dev", "stg", "prod"])
    .describe("Packit's own word for what the instance is. It also names the tag of Packit's own images."),
  role: role.default("packit").describe("What the instance is for: all of Packit, or Fedora CI alone."),
  namespace: namespaceName.describe("The namespace of everything but the sandbox."),
  kubeContext: line
    .meta({ allowed: "the name of a context in your kubeconfig", example: "packit-stage" })
    .describe(
      "The kubeconfig context that `pulumi up` works in. There is no default, so no wrong cluster is hit.",
    ),
  platform: z
    .enum(["openshift", "managed-platform", "kubernetes"])
    .default("openshift")
    .describe("What the cluster is."),
  managedPlatform: z
    .strictObject({
      appCode: labelValue.default("PCKT-002").describe("The application's code in the CMDB."),
      servicePhase: z.enum(["lab", "preprod", "prod"]).default("lab").describe("How far the service is."),
      costCenter: labelValue.default("700").describe("Who pays."),
      tenant: dnsLabel.default("packit").describe("The tenant, which starts each of its namespaces' names."),
      egressHosts: z
        .array(hostName)
        .default([])
        .describe("Hosts to open besides those that the settings lead to, as that of Sentry."),
      egress: flag
        .default(false)
        .describe(
          "Ask the platform to open its firewall, with a TenantEgress, to the hosts that are reached.",
        ),
    })
    .prefault({})
    .describe("What the Managed Platform wants to know; read on that platform only."),
  tls: z
    .enum(["passthrough", "reencrypt"])
    .default("passthrough")
    .describe(
      "Who shows the certificate: the pods themselves, with the one among the secrets; or OpenShift's router, with its own.",
    ),
  ingress,
  disposable: flag
    .default(false)
    .describe(
      "A local or test stack: it may run on generated stand-ins for needed secrets that are not given.",
    ),
  storageClass: objectName
    .meta({ example: "gp3" })
    .optional()
    .describe(
      "The class of every volume. Default: the platform's; else the cluster's, which sandboxes cannot find.",
    ),
  defaultTolerations: z
    .array(toleration)
    .default([])
    .describe("Tolerations that the namespace gives to each of its pods."),
  identity: z.strictObject({
    fasUser: line.describe("The Fedora account that the instance acts as."),
    deploymentName: line
      .meta({ example: "fedora-ci" })
      .optional()
      .describe("The instance's own word for `deployment` in packit-service.yaml. Default: `deployment`."),
  }),
  distGit: z
    .strictObject({
      url: folderUrl.default(DIST_GIT).describe("Where dist-git is."),
      namespace: line.default("rpms").describe("The namespace of packages there."),
    })
    .prefault({}),
  forges,
  packitConfig: packitConfig.prefault({}).describe("Keys of packit-service.yaml."),
  fedoraCi: fedoraCi.describe(
    "Who serves Fedora CI. It stands in Pulumi.yaml, for both instances of each environment.",
  ),
  allowlist: z
    .array(line.meta({ example: "github.com/packit" }))
    .default([])
    .describe("Namespaces that are approved when the database is migrated; nobody is ever disapproved."),
  ...imagePolicy,
  imageSupports,
  maintenance: flag
    .default(false)
    .describe(
      "Stop everything that writes to the database and the queues: the API, workers, beat and the listener.",
    ),
  upstreamSwitches,
  ...limits,
  ...secretSettings,
  testInstances,
  release,
};

/** Those that every part may read, with the host of the API. */
export type CoreSettings = Readonly<z.output<z.ZodObject<typeof core>>> & {
  readonly hosts: { readonly service: string };
};
