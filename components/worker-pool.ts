import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { REPOSITORY_CACHE_PATH } from "../files/packit-service-yaml.ts";
import { commonEnvironment, databaseEnvironment, distGitEnvironment } from "./environment.ts";
import { centpkgSigMount, githubAppMount } from "./mounts.ts";
import { type PartArgs, workloadOptions } from "./part.ts";
import { type Mount, podTemplate } from "./pod.ts";
import { CELERY_APP, type WorkerPoolKind } from "./queues.ts";

export interface WorkerPoolArgs extends PartArgs<"workers" | "distGit" | "repositoryCache"> {
  /** Which queues the workers serve, and what follows from it. */
  readonly kind: WorkerPoolKind;
  /** The account whose token lets the workers use the sandbox. */
  readonly serviceAccountName: pulumi.Input<string>;
}

/** The volume claim template's name; a worker's claim is named after it and the pod. */
const CACHE = "packit-worker-repository-cache";

/** Where tasks keep their Kerberos tickets: a directory of them, as greenlets must not share one. */
const KERBEROS_CACHE = "DIR:/home/packit/kerberos/";

/** Celery workers that serve the same queues, each with a stable name and, if it clones, a cache volume of its own. */
export class WorkerPool extends pulumi.ComponentResource {
  constructor(name: string, args: WorkerPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:WorkerPool", name, {}, opts);
    const { site, settings, kind, image } = args;
    const child = { parent: this };
    const { replicas } = settings.workers[kind.setting];
    const selector = { component: kind.name };
    new k8s.core.v1.Service(
      `${name}-service`,
      { metadata: site.service(kind.name), spec: { clusterIP: "None", selector } },
      child,
    );
    new k8s.apps.v1.StatefulSet(
      `${name}-stateful-set`,
      {
        metadata: site.workload(kind.name, image.triggers("packit-worker")),
        spec: {
          replicas,
          serviceName: kind.name,
          podManagementPolicy: "OrderedReady",
          updateStrategy: { type: "RollingUpdate" },
          selector: { matchLabels: selector },
          template: template(args),
          ...(hasCache(args) && { volumeClaimTemplates: [cacheTemplate(args)] }),
        },
      },
      workloadOptions(this, image, opts),
    );
    this.registerOutputs();
  }
}

function template(args: WorkerPoolArgs) {
  const { site, settings, configuration, kind, image } = args;
  const { concurrency, resources, terminationGracePeriodSeconds, nodeSelector } =
    settings.workers[kind.setting];
  const { deployment, workers } = settings;
  return podTemplate({
    site,
    component: kind.name,
    container: "packit-worker",
    image: image.reference,
    command: ["/usr/bin/run_worker.sh"],
    annotations: { "alpha.image.policy.openshift.io/resolve-names": "*" },
    serviceAccountName: args.serviceAccountName,
    terminationGracePeriodSeconds,
    nodeSelector,
    resources,
    env: {
      ...commonEnvironment(settings, configuration),
      ...distGitEnvironment(settings),
      ...databaseEnvironment(configuration),
      PACKIT_USER_AGENT: `packit.dev/packit-${deployment} (${deployment}+packit@packit.dev)`,
      APP: CELERY_APP,
      QUEUES: kind.queues.join(","),
      CONCURRENCY: String(concurrency),
      CELERY_RETRY_LIMIT: String(workers.retryLimit),
      CELERY_RETRY_BACKOFF: String(workers.retryBackoffSeconds),
      AWS_ACCESS_KEY_ID: configuration.aws && { from: configuration.aws, key: "access-key-id" },
      AWS_SECRET_ACCESS_KEY: configuration.aws && { from: configuration.aws, key: "secret-access-key" },
      SYSLOG_HOST: "127.0.0.1",
      KRB5CCNAME: KERBEROS_CACHE,
    },
    mounts: mounts(args),
    livenessProbe: {
      exec: { command: ["bash", "-c", 'celery -A $APP status | grep "$(uname -n): OK"'] },
      initialDelaySeconds: 600,
      periodSeconds: 600,
      timeoutSeconds: 300,
    },
  });
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
      ? [{ name: CACHE, path: REPOSITORY_CACHE_PATH, from: { template: true as const } }]
      : []),
    ...githubAppMount(args.configuration),
    ...centpkgSigMount(args.configuration),
  ];
}

function hasCache({ settings, kind }: WorkerPoolArgs): boolean {
  return kind.clones && settings.repositoryCache.enabled;
}

/** The template's labels are the platform's alone: a claim that the cluster makes from it is not this program's to prune. */
function cacheTemplate({ site, settings }: WorkerPoolArgs) {
  const { labels, volumeAnnotations } = site.platform;
  return {
    metadata: { name: CACHE, labels, annotations: volumeAnnotations },
    spec: site.volumeSpec(settings.repositoryCache.size),
  };
}
