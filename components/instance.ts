import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { platformOf } from "../platform/platform.ts";
import { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";
import { Beat } from "./beat.ts";
import { Configuration } from "./configuration.ts";
import { Fedmsg } from "./fedmsg.ts";
import { Images } from "./images.ts";
import { Namespace } from "./namespace.ts";
import { Passwords } from "./passwords.ts";
import { Postgres } from "./postgres.ts";
import { activePools, cachedWorkers } from "./queues.ts";
import { Sandbox } from "./sandbox.ts";
import { sandboxNamespace } from "./sandbox-namespace.ts";
import { Service } from "./service.ts";
import { Valkey } from "./valkey.ts";
import { WorkerPool } from "./worker-pool.ts";

/** The account of the workers: the only one that may use the sandbox. */
const WORKER_ACCOUNT = "packit-worker";

/** One whole Packit Service: its namespaces, data stores, configuration, API, workers and listeners. */
export class Instance extends pulumi.ComponentResource {
  /** Where the API answers. */
  readonly url: pulumi.Output<string>;
  /** The secret to enter at the GitHub App. */
  readonly webhookSecret: pulumi.Output<string>;

  constructor(name: string, settings: Settings, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Instance", name, {}, opts);
    const child = { parent: this };
    const { stack } = settings;
    const platform = platformOf(settings);
    const protect = !settings.disposable;

    const passwords = new Passwords(`${name}-passwords`, { secrets: settings.secrets, protect }, child);
    const { digestKey } = passwords;
    const namespace = new Namespace(
      `${name}-namespace`,
      { name: settings.namespace, stack, platform, protect, defaultTolerations: settings.defaultTolerations },
      child,
    );
    const site = new Site({ stack, platform, namespace: namespace.name, digestKey });
    const configuration = new Configuration(
      `${name}-configuration`,
      { site, settings, passwords: passwords.values },
      child,
    );
    const images = new Images(`${name}-images`, { site, settings }, child);

    const postgres = new Postgres(
      `${name}-postgres`,
      { site, protect, settings: settings.postgres, credentials: configuration.postgres },
      child,
    );
    const valkey = new Valkey(
      `${name}-valkey`,
      { site, protect, settings: settings.valkey, image: settings.images.valkey },
      child,
    );
    const afterStores = { ...child, dependsOn: [postgres, valkey] };

    const service = new Service(
      `${name}-service`,
      { site, settings, configuration, image: images.service },
      afterStores,
    );
    const afterService = { ...child, dependsOn: [postgres, valkey, service] };

    const account = new k8s.core.v1.ServiceAccount(
      `${name}-worker-account`,
      { metadata: site.object(WORKER_ACCOUNT), automountServiceAccountToken: false },
      child,
    );
    const serviceAccountName = account.metadata.name;
    const sandbox = new Sandbox(
      `${name}-sandbox`,
      {
        site: new Site({
          stack,
          platform,
          digestKey,
          namespace: sandboxNamespace(
            `${name}-sandbox-namespace`,
            { name: settings.sandboxNamespace, stack, platform, protect },
            child,
          ),
        }),
        workers: { serviceAccount: serviceAccountName, namespace: namespace.name },
        cachedWorkers: settings.repositoryCache.enabled ? cachedWorkers(settings.workers) : [],
        cacheSize: settings.repositoryCache.size,
      },
      child,
    );
    for (const kind of activePools(settings.workers)) {
      const args = { site, settings, configuration, image: images.worker, kind, serviceAccountName };
      new WorkerPool(`${name}-${kind.name}`, args, {
        ...child,
        dependsOn: [postgres, valkey, service, sandbox],
      });
    }
    if (settings.withBeat) {
      new Beat(`${name}-beat`, { site, settings, configuration, image: images.worker }, afterService);
    }
    if (images.fedmsg) {
      new Fedmsg(`${name}-fedmsg`, { site, settings, configuration, image: images.fedmsg }, afterStores);
    }

    this.url = service.url;
    this.webhookSecret = passwords.values.webhookSecret;
    this.registerOutputs({ url: this.url, webhookSecret: this.webhookSecret });
  }
}
