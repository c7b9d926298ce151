import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import type { ContainerArgs, Mount } from "../../kubernetes/container.ts";
import { customTimeouts } from "../../kubernetes/custom-timeouts.ts";
import { disruptionBudget } from "../../kubernetes/disruption-budget.ts";
import { omitEmpty } from "../../kubernetes/omit-undefined.ts";
import { podTemplate } from "../../kubernetes/pod.ts";
import { imageTriggers } from "../../platform/image-triggers.ts";
import { type BackupSettings, dumpsToBackups } from "../backup/settings.ts";
import { clientProbe, clientProbeMount } from "../configuration/client-probe.ts";
import {
  CELERY_APP,
  commonEnvironment,
  databaseEnvironment,
  distGitEnvironment,
} from "../configuration/environment.ts";
import { centpkgSigMount, githubAppMount } from "../configuration/mounts.ts";
import { REPOSITORY_CACHE_PATH } from "../configuration/packit-service-yaml.ts";
import { switchEnvironment } from "../configuration/upstream-switches.ts";
import { SYSLOG_HOST } from "../log-forwarder/settings.ts";
import type { PartArgs } from "../part-args.ts";
import type { Database } from "../postgres/database.ts";
import { DATABASE_ANNOTATION } from "../postgres/settings.ts";
import { PUSHGATEWAY_URL, type PushgatewaySettings } from "../pushgateway/settings.ts";
import { cacheClaims } from "../repository-cache/claims.ts";
import {
  CACHE_TEMPLATE,
  type RepositoryCacheSettings,
  workerCacheClaim,
} from "../repository-cache/settings.ts";
import type { SandboxSettings } from "../sandbox/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { WORKER, type WorkerPoolKind, workersOf } from "./pools.ts";
import type { WorkersSettings } from "./settings.ts";

type PoolSettings = CoreSettings &
  WorkersSettings &
  BackupSettings &
  PushgatewaySettings &
  RepositoryCacheSettings &
  Pick<SandboxSettings, "withSandbox">;

export interface WorkerPoolArgs extends PartArgs<PoolSettings> {
  /** Which queues the workers serve, and what follows from it. */
  readonly kind: WorkerPoolKind;
  /** The account whose token lets the workers use the sandbox. */
  readonly serviceAccountName: pulumi.Input<string>;
  /** Containers that run beside each worker. */
  readonly sidecars: readonly ContainerArgs[];
  /** Their database: pods that keep connections are replaced after it. */
  readonly database: Pick<Database, "podDigest">;
}

/** Where tasks keep their Kerberos tickets: a directory of them, as greenlets must not share one. */
const KERBEROS_CACHE = "DIR:/home/packit/kerberos/";

/** How long a worker may take to be among those that answer. */
const STARTUP = { seconds: 600 };

/** How long one that has answered may say nothing. */
const SILENCE = { seconds: 840 };

const LIVENESS_FAILURES = 3;

/** What a pool waits for is known at once. */
type Options = pulumi.ComponentResourceOptions & { dependsOn?: pulumi.Resource[] };

/** Celery workers that serve the same queues, each with a stable name and, if it clones, a cache volume of its own. */
export class WorkerPool extends pulumi.ComponentResource {
  constructor(name: string, args: WorkerPoolArgs, opts?: Options) {
    super("packit:app:WorkerPool", name, {}, opts);
    const { destination, settings, kind, sidecars } = args;
    const child = { parent: this };
    const { replicas, terminationGracePeriodSeconds, nodeSelector } = settings.workers[kind.setting];
    const component = kind.name;
    const workload = args.workload(component);
    const selector = { component };
    new k8s.core.v1.Service(
      `${name}-service`,
      { metadata: destination.service(component), spec: { clusterIP: "None", selector } },
      child,
    );
    const caches = hasCache(args) ? ownCaches(name, args, child) : [];
    if (replicas > 1) disruptionBudget(`${name}-budget`, { destination, component }, child);
    const containers = [worker(args), ...sidecars];
    new k8s.apps.v1.StatefulSet(
      `${name}-stateful-set`,
      {
        metadata: destination.workload(component, imageTriggers({ destination, containers })),
        spec: {
          replicas: workload.pods,
          serviceName: component,
          podManagementPolicy: "OrderedReady",
          updateStrategy: { type: "RollingUpdate" },
          selector: { matchLabels: selector },
          template: podTemplate({
            destination,
            workload,
            containers,
            annotations: {
              "alpha.image.policy.openshift.io/resolve-names": "*",
              [DATABASE_ANNOTATION]: args.database.podDigest,
            },
            serviceAccountName: args.serviceAccountName,
            usesApi: settings.withSandbox,
            terminationGracePeriodSeconds,
            spread: true,
            nodeSelector,
          }),
          ...(hasCache(args) && { volumeClaimTemplates: [cacheTemplate(args)] }),
        },
      },
      {
        ...childOptions(this, { dependsOn: [...(opts?.dependsOn ?? []), ...caches] }),
        // One pod after the other, each with all its time to end and to start.
        customTimeouts: customTimeouts(replicas * (terminationGracePeriodSeconds + STARTUP.seconds + 120)),
      },
    );
    this.registerOutputs();
  }
}

function worker(args: WorkerPoolArgs): ContainerArgs {
  const { settings, configuration, kind, image } = args;
  const { deployment, workers } = settings;
  const { concurrency } = workers[kind.setting];
  // With the keys, Packit's own task dumps the database every night; where it cannot, it cleans nothing up either.
  const aws = dumpsToBackups(settings) ? configuration.aws : undefined;
  return {
    name: WORKER,
    image: image("packit-worker"),
    command: ["/usr/bin/run_worker.sh"],
    env: {
      ...commonEnvironment(settings, configuration),
      ...distGitEnvironment(settings),
      ...databaseEnvironment(configuration),
      ...switchEnvironment(
        settings.upstreamSwitches,
        "workers",
        ...(kind.queues.includes("long-running") ? (["cleanUp"] as const) : []),
      ),
      PACKIT_USER_AGENT: `packit.dev/packit-${deployment} (${deployment}+packit@packit.dev)`,
      APP: CELERY_APP,
      QUEUES: kind.queues.join(","),
      CONCURRENCY: String(concurrency),
      CELERY_RETRY_LIMIT: String(workers.retryLimit),
      CELERY_RETRY_BACKOFF: String(workers.retryBackoffSeconds),
      PUSHGATEWAY_ADDRESS: settings.withPushgateway ? PUSHGATEWAY_URL : undefined,
      AWS_ACCESS_KEY_ID: aws && { from: aws, key: "access-key-id" },
      AWS_SECRET_ACCESS_KEY: aws && { from: aws, key: "secret-access-key" },
      SYSLOG_HOST,
      KRB5CCNAME: KERBEROS_CACHE,
    },
    mounts: mounts(args),
    startupProbe: {
      ...clientProbe(["started", 50], 60),
      periodSeconds: 60,
      failureThreshold: STARTUP.seconds / 60,
    },
    // Whoever outlived the database is started again after three minutes, whoever is silent after a quarter of an hour:
    // all that a probe costs besides is 0.4 s of CPU. Neither finishes anything: it is not given the time for that.
    livenessProbe: {
      ...clientProbe(["worker", kind.name, SILENCE.seconds / LIVENESS_FAILURES], 300),
      periodSeconds: 60,
      failureThreshold: LIVENESS_FAILURES,
      terminationGracePeriodSeconds: 30,
    },
  };
}

function mounts(args: WorkerPoolArgs): Mount[] {
  const { ssh, keytab, packit, osh } = args.configuration;
  const config = hasCache(args)
    ? packit.pickAs("packit-service-with-cache.yaml", "packit-service.yaml")
    : packit.pick("packit-service.yaml");
  const home = [config, packit.pick("copr"), osh.pickAs("client.conf", "osh/client.conf")];
  return [
    {
      name: "ssh",
      path: "/packit-ssh",
      readOnly: true,
      from: { files: [ssh.pick("id_ed25519", "config")] },
    },
    { name: "credentials", path: "/secrets", readOnly: true, from: { files: [keytab] } },
    { name: "home-config", path: "/home/packit/.config", readOnly: true, from: { files: home } },
    ...(hasCache(args)
      ? [{ name: CACHE_TEMPLATE, path: REPOSITORY_CACHE_PATH, from: { template: true as const } }]
      : []),
    ...githubAppMount(args.configuration),
    ...centpkgSigMount(args.configuration),
    clientProbeMount(args.configuration),
  ];
}

function hasCache({ settings, kind }: WorkerPoolArgs): boolean {
  return kind.clones && settings.repositoryCache.enabled;
}

/** The workers' own cache volumes. */
function ownCaches(name: string, args: WorkerPoolArgs, opts: { parent: WorkerPool }) {
  const { destination, settings, kind } = args;
  const workers = workersOf(settings.workers, kind);
  const claims = new Map(workers.map((worker) => [worker, args.claim(workerCacheClaim(worker))]));
  return cacheClaims(`${name}-cache`, { destination, claims }, opts);
}

/**
 * How the pods know their volumes. Every declared worker's claim is there before its pod, so that nothing is made from
 * this; it must be here, and can never change: a StatefulSet would be replaced with all its pods, and claims that are
 * there would stay as they are. So its size is not the setting but the one that it always had, the predecessor's. The
 * server drops empty maps, with which a template would seem to differ.
 */
function cacheTemplate({ destination, settings }: WorkerPoolArgs) {
  const { labels, volumeAnnotations } = destination.platform;
  return {
    metadata: { name: CACHE_TEMPLATE, ...omitEmpty({ labels, annotations: volumeAnnotations }) },
    spec: destination.volumeSpec("4Gi", settings.repositoryCache.storageClass),
  };
}
