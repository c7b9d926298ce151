import { z } from "zod";
import { packitConfig } from "./packit-config.ts";
import { resources } from "./resources.ts";
import {
  bytes,
  count,
  dnsLabel,
  flag,
  hostName,
  imageReference,
  inBytes,
  labelKey,
  labelValue,
  line,
  positive,
  seconds,
  url,
} from "./values.ts";

const nodeSelector = z
  .record(labelKey, labelValue)
  .default({})
  .describe("Labels of the nodes that the pods are confined to; none by default.");

const toleration = z.strictObject({
  key: labelKey,
  operator: z.enum(["Equal", "Exists"]).default("Equal"),
  value: labelValue.optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
});

interface PoolDefaults {
  readonly replicas: number;
  readonly concurrency: number;
  readonly grace: number;
  readonly resources: Parameters<typeof resources>[0];
}

const pool = (defaults: PoolDefaults) =>
  z
    .strictObject({
      replicas: count.default(defaults.replicas).describe("Worker pods; 0 leaves the pool out."),
      concurrency: positive
        .default(defaults.concurrency)
        .describe("Tasks that a worker runs at once: 1 in a process, more as greenlets."),
      terminationGracePeriodSeconds: seconds
        .default(defaults.grace)
        .describe("How long a worker may finish its tasks before it is killed."),
      resources: resources(defaults.resources),
      nodeSelector,
    })
    .prefault({});

const small = { requests: { cpu: "5m", memory: "160Mi" }, limits: { cpu: "50m", memory: "256Mi" } };
const worker = { requests: { cpu: "100m", memory: "768Mi" }, limits: { cpu: "2", memory: "2Gi" } };

/** Everything that a stack file may say, under `config`, each key with the prefix `packit:`. */
export const schema = z.strictObject({
  deployment: z
    .enum(["dev", "stg", "prod"])
    .describe("Packit's own word for what the instance is. It also names the tag of Packit's own images."),
  namespace: dnsLabel.describe("The namespace of everything but the sandbox."),
  sandboxNamespace: dnsLabel
    .optional()
    .describe(
      "The namespace of the sandbox pods, of this instance alone. Default: the namespace with -sandbox.",
    ),
  kubeContext: line
    .meta({ allowed: "the name of a context in your kubeconfig", example: "packit-stage" })
    .describe(
      "The kubeconfig context that `pulumi up` works in. There is no default, so no wrong cluster is hit.",
    ),
  platform: z.enum(["openshift", "managed-platform"]).default("openshift").describe("What the cluster is."),
  managedPlatform: z
    .strictObject({
      appCode: labelValue.default("PCKT-002").describe("The application's code in the CMDB."),
      servicePhase: z.enum(["lab", "preprod", "prod"]).default("lab").describe("How far the service is."),
      costCenter: labelValue.default("700").describe("Who pays."),
      tenant: dnsLabel.default("packit").describe("The tenant, which starts each of its namespaces' names."),
    })
    .prefault({})
    .describe("What the Managed Platform wants to know; read on that platform only."),
  disposable: flag
    .default(false)
    .describe("A local or test stack: it may run on generated stand-ins for secrets that are not given."),
  storageClass: dnsLabel
    .optional()
    .describe("The class of every volume. Default: the platform's, else the cluster's default class."),
  defaultTolerations: z
    .array(toleration)
    .default([])
    .describe("Tolerations that the namespace gives to each of its pods."),
  hosts: z.strictObject({
    service: hostName.describe("The host of the API and the webhooks."),
    dashboard: hostName.optional().describe("The host of the dashboard, which statuses link to."),
  }),
  identity: z.strictObject({
    fasUser: line.describe("The Fedora account that the instance acts as."),
  }),
  distGit: z
    .strictObject({
      url: url.default("https://src.fedoraproject.org/").describe("Where dist-git is."),
      namespace: line.default("rpms").describe("The namespace of packages there."),
    })
    .prefault({}),
  forges: z
    .record(
      hostName,
      z.strictObject({ instanceUrl: url, type: line.optional(), githubApp: flag.default(false) }),
    )
    .default({
      "github.com": { instanceUrl: "https://github.com", githubApp: true },
      "gitlab.com": { instanceUrl: "https://gitlab.com", githubApp: false },
      "src.fedoraproject.org": { instanceUrl: "https://src.fedoraproject.org", githubApp: false },
    })
    .describe("The forges that are served. Each needs a token, or the GitHub App, among the secrets."),
  packitConfig: packitConfig.prefault({}).describe("Keys of packit-service.yaml."),
  fedoraMessaging: z
    .strictObject({
      app: line.default("Packit").describe("The name that the message broker sees."),
      topics: z
        .array(line)
        .min(1)
        .default([
          "org.fedoraproject.prod.copr.build.start",
          "org.fedoraproject.prod.copr.build.end",
          "org.fedoraproject.prod.buildsys.task.state.change",
          "org.fedoraproject.prod.buildsys.build.state.change",
          "org.fedoraproject.prod.buildsys.tag",
          "org.fedoraproject.prod.pagure.pull-request.new",
          "org.fedoraproject.prod.pagure.pull-request.updated",
          "org.fedoraproject.prod.pagure.pull-request.rebased",
          "org.fedoraproject.prod.pagure.git.receive",
          "org.fedoraproject.prod.pagure.pull-request.comment.added",
          "org.fedoraproject.prod.hotness.update.bug.file",
          "org.release-monitoring.prod.anitya.project.version.update.v2",
          "org.fedoraproject.prod.openscanhub.task.started",
          "org.fedoraproject.prod.openscanhub.task.finished",
          "org.fedoraproject.prod.logdetective.analysis",
        ])
        .describe("The routing keys that are listened to."),
    })
    .prefault({}),
  images: z
    .strictObject({
      service: imageReference.optional(),
      worker: imageReference.optional(),
      fedmsg: imageReference.optional(),
      sandbox: imageReference.optional(),
      valkey: imageReference.default("docker.io/valkey/valkey:8"),
    })
    .prefault({})
    .describe("Where images come from. Default of Packit's own: quay.io/packit, tagged with the deployment."),
  service: z
    .strictObject({
      replicas: positive.default(1).describe("API pods."),
      resources: resources({
        requests: { cpu: "10m", memory: "320Mi" },
        limits: { cpu: "200m", memory: "512Mi" },
      }),
      nodeSelector,
    })
    .prefault({})
    .describe("The API, which takes the webhooks."),
  workers: z
    .strictObject({
      generic: pool({
        replicas: 0,
        concurrency: 1,
        grace: 900,
        resources: { requests: { cpu: "100m", memory: "384Mi" }, limits: { cpu: "400m", memory: "1Gi" } },
      }).describe("Workers that serve every queue."),
      shortRunning: pool({
        replicas: 1,
        concurrency: 16,
        grace: 300,
        resources: { ...worker, requests: { ...worker.requests, cpu: "80m" } },
      }).describe("Workers of the short-running queue."),
      longRunning: pool({ replicas: 1, concurrency: 1, grace: 900, resources: worker }).describe(
        "Workers of the long-running and rate-limited queues. Only they and the generic ones use the sandbox.",
      ),
      retryLimit: count.default(2).describe("How often a failed task is tried again."),
      retryBackoffSeconds: seconds.default(3).describe("The wait before the first new try; it doubles."),
    })
    .prefault({}),
  repositoryCache: z
    .strictObject({
      enabled: flag
        .default(true)
        .describe("Give every worker of a pool that clones, and its sandbox, a cache volume."),
      size: bytes.default("4Gi").describe("The size of each cache volume."),
    })
    .prefault({})
    .describe("The cache of git repositories."),
  withBeat: flag.default(true).describe("Run the scheduler of periodic tasks."),
  beat: z.strictObject({ resources: resources(small), nodeSelector }).prefault({}),
  withFedmsg: flag.default(true).describe("Listen to Fedora's message bus."),
  fedmsg: z
    .strictObject({
      resources: resources({
        requests: { cpu: "5m", memory: "88Mi" },
        limits: { cpu: "50m", memory: "128Mi" },
      }),
      nodeSelector,
    })
    .prefault({}),
  postgres: z
    .strictObject({
      version: z
        .literal([13, 15])
        .default(15)
        .describe("The major version; it is part of the objects' names."),
      storage: bytes.default("2Gi").describe("The size of the database's volume."),
      resources: resources({
        requests: { cpu: "30m", memory: "256Mi" },
        limits: { cpu: "2", memory: "512Mi" },
      }),
      nodeSelector,
    })
    .prefault({}),
  valkey: z
    .strictObject({
      maxMemory: bytes
        .default("3500Mi")
        .describe("What the data may take before keys with a TTL are evicted."),
      storage: bytes
        .default("8Gi")
        .describe("The size of the volume: a snapshot is written beside the former one."),
      resources: resources({
        requests: { cpu: "50m", memory: "4Gi" },
        limits: { cpu: "50m", memory: "4Gi" },
      }),
      nodeSelector,
    })
    .superRefine(({ maxMemory, storage }, context) => {
      if (inBytes(storage) >= 2 * inBytes(maxMemory)) return;
      context.addIssue({
        code: "custom",
        path: ["storage"],
        input: storage,
        message: `at least twice maxMemory, ${maxMemory}`,
        params: { remedy: "raise storage or lower maxMemory: a full volume stops the queues" },
      });
    })
    .prefault({}),
});

export type SchemaOutput = Readonly<z.output<typeof schema>>;
