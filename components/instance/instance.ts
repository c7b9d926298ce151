import * as pulumi from "@pulumi/pulumi";
import { Namespace } from "../../kubernetes/namespace.ts";
import { serviceAccount } from "../../kubernetes/service-account.ts";
import { platformOf } from "../../platform/platform.ts";
import { Site } from "../../platform/site.ts";
import { importsOnSchedule, refreshesCache } from "../../settings/footprint.ts";
import type { Settings } from "../../settings/load.ts";
import { Backup } from "../backup/backup.ts";
import { Beat } from "../beat/beat.ts";
import { Configuration } from "../configuration/configuration.ts";
import { Fedmsg } from "../fedmsg/fedmsg.ts";
import { ImageImport } from "../image-import/image-import.ts";
import { LogForwarder } from "../log-forwarder/log-forwarder.ts";
import { Migration } from "../migration/migration.ts";
import { Walls } from "../network/isolation.ts";
import { Database } from "../postgres/database.ts";
import { RepositoryCacheRefresh } from "../repository-cache/refresh.ts";
import { workersWithCache } from "../repository-cache/settings.ts";
import { sandboxNamespace } from "../sandbox/namespace.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { Service } from "../service/service.ts";
import { Valkey } from "../valkey/valkey.ts";
import { activePools } from "../workers/pools.ts";
import { WorkerPool } from "../workers/worker-pool.ts";
import { Images, importedStreams } from "./images.ts";
import { Passwords } from "./passwords.ts";
import { Tools } from "./tools.ts";

/** The account of the workers: the only one that may use the sandbox. */
const WORKER_ACCOUNT = "packit-worker";

/** One whole Packit Service: its namespaces, data stores, configuration, API, workers, listeners and tools. */
export class Instance extends pulumi.ComponentResource {
  /** Where the API answers. */
  readonly url: pulumi.Output<string>;
  /** The secret to enter at the GitHub App. */
  readonly webhookSecret: pulumi.Output<string>;
  /** The images, by the names that workloads know them by. */
  readonly images: Readonly<Record<string, string>>;

  constructor(name: string, settings: Settings, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Instance", name, {}, opts);
    const child = { parent: this };
    const { stack } = settings;
    const platform = platformOf(settings);
    const protect = !settings.disposable;

    const passwords = new Passwords(`${name}-passwords`, { settings, protect }, child);
    const { digestKey, values } = passwords;
    const namespace = new Namespace(
      `${name}-namespace`,
      {
        name: settings.namespace,
        stack,
        platform,
        protect,
        podSecurity: "restricted",
        defaultTolerations: settings.defaultTolerations,
      },
      child,
    );
    const site = new Site({ stack, platform, namespace: namespace.name, digestKey });
    const inSandbox = settings.withSandbox
      ? new Site({
          stack,
          platform,
          digestKey,
          namespace: sandboxNamespace(
            `${name}-sandbox-namespace`,
            // Sandcastle says nothing of the security of its pods.
            { name: settings.sandboxNamespace, stack, platform, protect, podSecurity: "baseline" },
            child,
          ),
        })
      : undefined;
    const walls = new Walls(`${name}-walls`, { site, sandbox: inSandbox, settings }, child);
    const configuration = new Configuration(
      `${name}-configuration`,
      { site, settings, passwords: values },
      child,
    );
    const images = new Images(`${name}-images`, { site, settings }, child);
    const common = { site, settings, configuration };

    // A quota is there before the pods that it is computed from; the policies are there before what they hold.
    const guarded = { ...child, dependsOn: [...walls.first] };
    const database = new Database(
      `${name}-database`,
      {
        site,
        protect,
        settings: settings.postgres,
        credentials: configuration.postgres,
        image: images.postgres,
      },
      guarded,
    );
    const valkey = new Valkey(`${name}-valkey`, { ...common, protect, image: images.valkey }, guarded);
    const stores = [database, valkey];

    const migrations = settings.maintenance
      ? []
      : [
          new Migration(
            `${name}-migration`,
            { ...common, image: images.service },
            { ...child, dependsOn: stores },
          ),
        ];
    const sidecars = this.#sidecars(name, site, settings, images);
    const service = new Service(
      `${name}-service`,
      { ...common, database, image: images.service, sidecars },
      { ...child, dependsOn: [...stores, ...migrations] },
    );
    const afterService = { ...child, dependsOn: [...stores, service] };

    const account = serviceAccount(`${name}-worker-account`, { site, name: WORKER_ACCOUNT }, child);
    const serviceAccountName = account.metadata.name;
    const sandboxes = inSandbox
      ? [
          new Sandbox(
            `${name}-sandbox`,
            {
              site: inSandbox,
              workers: { serviceAccount: serviceAccountName, namespace: namespace.name },
              cachedWorkers: workersWithCache(settings),
              cache: settings.repositoryCache,
            },
            guarded,
          ),
        ]
      : [];
    for (const kind of activePools(settings.workers)) {
      const args = { ...common, database, image: images.worker, kind, serviceAccountName, sidecars };
      const dependsOn = [...stores, service, ...sandboxes];
      new WorkerPool(`${name}-${kind.name}`, args, { ...child, dependsOn });
    }
    if (settings.withBeat) new Beat(`${name}-beat`, { ...common, image: images.worker }, afterService);
    if (images.fedmsg) {
      new Fedmsg(`${name}-fedmsg`, { ...common, image: images.fedmsg }, { ...child, dependsOn: stores });
    }
    if (settings.withBackup) {
      new Backup(`${name}-backup`, { ...common, image: images.worker }, { ...child, dependsOn: [database] });
    }
    if (importsOnSchedule(settings)) {
      new ImageImport(`${name}-image-import`, { site, settings, streams: importedStreams(images) }, child);
    }
    if (inSandbox && refreshesCache(settings)) {
      const args = { site, sandbox: inSandbox, settings };
      new RepositoryCacheRefresh(`${name}-repository-cache-refresh`, args, child);
    }
    new Tools(
      `${name}-tools`,
      { ...common, images, passwords: values },
      { ...child, dependsOn: [...walls.first, valkey] },
    );

    this.url = service.url;
    this.webhookSecret = values.webhookSecret;
    this.images = images.references;
    this.registerOutputs({ url: this.url, webhookSecret: this.webhookSecret });
  }

  #sidecars(name: string, site: Site, { fluentd, secrets }: Settings, { fluentd: image }: Images) {
    if (image === undefined || secrets.splunkToken === undefined) return [];
    const args = { site, image, settings: fluentd, token: secrets.splunkToken };
    return [new LogForwarder(`${name}-log-forwarder`, args, { parent: this }).container];
  }
}
