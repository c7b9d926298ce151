import { z } from "zod";
import { fedoraCi, role } from "../components/configuration/fedora-ci.ts";
import { forges } from "../components/configuration/forges.ts";
import { imageSupports } from "../components/configuration/image-supports.ts";
import { packitConfig } from "../components/configuration/packit-config.ts";
import { DIST_GIT } from "../components/configuration/role.ts";
import { upstreamSwitches } from "../components/configuration/upstream-switches.ts";
import { fedoraMessaging } from "../components/fedmsg/fedora-messaging.ts";
import { limits } from "../components/network/limits.ts";
import { repositoryCache } from "../components/repository-cache/settings.ts";
import { images } from "./images.ts";
import { ingress } from "./ingress.ts";
import { refuse } from "./refuse.ts";
import { secretSettings } from "./secrets/settings.ts";
import { stores } from "./stores.ts";
import { testInstances } from "./test-pool.ts";
import { tools } from "./tools.ts";
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
} from "./values.ts";
import { workloads } from "./workloads.ts";

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

/** Everything that a stack file may say, under `config`, each key with the prefix `packit:`. */
export const schema = z.strictObject({
  deployment: z
    .enum(["dev", "stg", "prod"])
    .describe("Packit's own word for what the instance is. It also names the tag of Packit's own images."),
  role: role.default("packit").describe("What the instance is for: all of Packit, or Fedora CI alone."),
  namespace: namespaceName.describe("The namespace of everything but the sandbox."),
  withSandbox: flag
    .default(true)
    .describe("Run users' commands, in pods of a namespace of their own. Without it, none may be run."),
  sandboxNamespace: namespaceName
    .meta({ example: "packit--stg-sandbox" })
    .optional()
    .describe(
      "The namespace of the sandbox pods, of this instance alone. Default: the namespace with -sandbox.",
    ),
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
  hosts: z.strictObject({
    service: hostName.describe("The host of the API and the webhooks."),
    dashboard: hostName
      .meta({ example: "dashboard.stg.packit.dev" })
      .optional()
      .describe("The host of the dashboard, which statuses link to."),
    workers: hostName
      .meta({ example: "workers.stg.packit.dev" })
      .optional()
      .describe("The host of Flower and of the workers' metrics."),
    redisCommander: hostName
      .meta({ example: "redis.stg.packit.dev" })
      .optional()
      .describe("The host of Redis Commander; without it, only a forwarded port leads there."),
  }),
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
  fedoraMessaging,
  ...images,
  imageSupports,
  repositoryCache: repositoryCache.describe("The cache of git repositories that clones borrow from."),
  ...workloads,
  upstreamSwitches,
  ...stores,
  ...tools,
  ...limits,
  ...secretSettings,
  testInstances,
});

export type SchemaOutput = Readonly<z.output<typeof schema>>;
