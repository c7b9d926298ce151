import { z } from "zod";
import { duration, inSeconds } from "../../schema/duration.ts";
import { imageFolder, imageReference } from "../../schema/image-reference.ts";
import { refuse } from "../../schema/refuse.ts";
import { schedule } from "../../schema/schedule.ts";
import {
  bytes,
  cpu,
  dnsLabel,
  hostName,
  line,
  namespaceName,
  objectName,
  positive,
} from "../../schema/values.ts";
import { OWN_REGISTRY } from "../images.ts";

const identity = z.strictObject({
  name: dnsLabel
    .meta({ example: "one" })
    .describe("What the identity is called. Its secrets are in the Secret identity-NAME of `namespace`."),
  fasUser: line.describe("Its Fedora account."),
  githubApp: line
    .meta({ example: "packit-as-a-service-stg" })
    .optional()
    .describe("The slug of its GitHub App, for the address of the App's settings."),
});

/** A reference that says both what was built and what is run. */
const PINNED = /:[0-9a-f]{40}@sha256:[0-9a-f]{64}$/;

/** Where test instances run, how many, how long, and as whom. */
export const pool = z
  .strictObject({
    kubeContext: line
      .meta({ example: "packit-test" })
      .describe("The kubeconfig context of the cluster that test instances run in."),
    domain: hostName
      .meta({ example: "apps.example.com" })
      .describe("The domain below which each instance has its hosts: the cluster's own for applications."),
    namespace: namespaceName
      .default("packit-test-instances")
      .describe("The namespace of the leases, the identities' secrets and the reaper."),
    platform: z.enum(["openshift", "kubernetes"]).default("openshift").describe("What the cluster is."),
    storageClass: objectName
      .meta({ example: "standard" })
      .describe(
        "The class of their volumes, which sandboxes must be told; `oc get storageclass` lists them.",
      ),
    limit: positive.max(50).default(3).describe("Instances at once."),
    ttl: z
      .strictObject({
        default: duration.default("8h").describe("How long an instance lives, from its creation."),
        max: duration.default("72h").describe("How long one may live, however often it is extended."),
      })
      .prefault({}),
    budget: z
      .strictObject({
        cpu: cpu.default("12").describe("Processors that all instances may ask for."),
        memory: bytes.default("48Gi").describe("Memory that all instances may ask for."),
      })
      .prefault({}),
    builder: z
      .enum(["openshift", "actions"])
      .default("openshift")
      .describe("Who builds images: the cluster, or a workflow of `workflowRepository`."),
    workflowRepository: line
      .default("packit/deployment")
      .describe(
        "The GitHub repository whose workflow test-image.yml builds images, with the builder actions.",
      ),
    registry: imageFolder
      .default("quay.io/packit-test")
      .describe(
        "Where that workflow pushes them, with tags that expire: an account of its own, which may push nothing else.",
      ),
    owners: z
      .array(line.meta({ example: "packit" }))
      .min(1)
      .default(["packit"])
      .describe("GitHub accounts whose forks may be put on test: their code gets the identity's secrets."),
    allowlist: z
      .array(line.meta({ example: "github.com/packit" }))
      .default(["github.com/packit"])
      .describe("The namespaces that instances serve from the start."),
    identities: z
      .array(identity)
      .default([])
      .describe("Accounts, each of one instance at a time. Without any, instances run on stand-ins."),
    reaper: z
      .strictObject({
        schedule: schedule.default("*/15 * * * *").describe("When what is over is removed, UTC."),
        image: imageReference
          .refine((text) => PINNED.test(text))
          .meta({
            allowed: "an image reference with a commit of this project as its tag, and a digest",
            example: `quay.io/packit/deployment-reaper:${"0".repeat(40)}@sha256:${"0".repeat(64)}`,
          })
          .optional()
          .describe(
            "This project at one commit, as the workflow reaper-image.yml makes it. Default: no reaper in the cluster.",
          ),
      })
      .prefault({})
      .describe("The CronJob that removes what is over."),
  })
  .superRefine(({ identities, limit, ttl, registry }, context) => {
    if (registry === OWN_REGISTRY)
      refuse(context, {
        path: ["registry"],
        value: registry,
        allowed: "another account than that of the images which stage and prod run",
        remedy: "give test images an account of their own: whoever pushes them could push those",
      });
    if (identities.length > 0 && identities.length < limit)
      refuse(context, {
        path: ["limit"],
        value: String(limit),
        allowed: `at most ${identities.length}, the number of identities: each has one instance at a time`,
        remedy: "lower it, add identities, or leave all of them out",
      });
    if (inSeconds(ttl.default) > inSeconds(ttl.max))
      refuse(context, {
        path: ["ttl", "default"],
        value: ttl.default,
        allowed: `at most ttl.max, ${ttl.max}`,
        remedy: "lower it",
      });
  });

export const testInstances = pool
  .optional()
  .describe("Where and how test instances run. It stands in Pulumi.yaml; docs/test-instances.md.");

export type Pool = Readonly<z.output<typeof pool>>;
