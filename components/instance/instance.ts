import * as pulumi from "@pulumi/pulumi";
import { Namespace } from "../../kubernetes/namespace.ts";
import { serviceAccount } from "../../kubernetes/service-account.ts";
import { Destination } from "../../platform/destination.ts";
import { platformOf } from "../../platform/platform.ts";
import { Configuration } from "../configuration/configuration.ts";
import { Deployer } from "../deployer/deployer.ts";
import { ImageBuilds } from "../image-builds/image-builds.ts";
import type { LoadedPart } from "../load-components.ts";
import { LogForwarder } from "../log-forwarder/log-forwarder.ts";
import { Migration } from "../migration/migration.ts";
import { Isolation } from "../network/isolation.ts";
import { Database } from "../postgres/database.ts";
import { RepositoryCacheRefresh } from "../repository-cache/refresh.ts";
import { refreshesCache, sandboxCacheClaim, workersWithCache } from "../repository-cache/settings.ts";
import { sandboxNamespace } from "../sandbox/namespace.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { Service } from "../service/service.ts";
import type { Settings } from "../settings.ts";
import { partsOf } from "../totals.ts";
import { Valkey } from "../valkey/valkey.ts";
import { activePools, WORKER_ACCOUNT } from "../workers/pools.ts";
import { WorkerPool } from "../workers/worker-pool.ts";
import { Images } from "./images.ts";
import { madeParts } from "./made-parts.ts";
import { type InstanceArgs, partArgs } from "./part-args.ts";
import { Passwords } from "./passwords.ts";
import { Tools } from "./tools.ts";

/** One whole Packit Service: its namespaces, data stores, configuration, API, workers, listeners and tools. */
export class Instance extends pulumi.ComponentResource {
  /** Where the API answers. */
  readonly url: pulumi.Output<string>;
  /** The secret to enter at the GitHub App. */
  readonly webhookSecret: pulumi.Output<string>;
  /** The images, by the names that workloads know them by. */
  readonly images: Readonly<Record<string, string>>;
  /** The kubeconfig of who deploys the stack without being a person, as a secret; none where nobody has a token. */
  readonly kubeconfig: pulumi.Output<string> | undefined;

  /**
   * @param parts The parts that are made by classes of their own. The others are made here, as later ones are made
   * from what they give.
   */
  constructor(
    name: string,
    settings: Settings,
    parts: readonly LoadedPart[],
    opts?: pulumi.ComponentResourceOptions,
  ) {
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
    const destination = new Destination({ stack, platform, namespace: namespace.name, digestKey });
    const inSandbox = settings.withSandbox
      ? new Destination({
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
    const { deployer, imageBuilds } = settings;
    // The pods in which OpenShift builds images are privileged. Nothing in it is lost that is not built again.
    const inBuilds =
      imageBuilds &&
      new Destination({
        stack,
        platform,
        digestKey,
        namespace: new Namespace(
          `${name}-builds-namespace`,
          { name: imageBuilds.namespace, stack, platform, protect: false, podSecurity: "privileged" },
          child,
        ).name,
      });
    const isolation = new Isolation(`${name}-walls`, { destination, sandbox: inSandbox, settings }, child);
    this.kubeconfig =
      deployer &&
      new Deployer(
        `${name}-deployer`,
        { destination, sandbox: inSandbox, builds: inBuilds, settings, deployer },
        child,
      ).kubeconfig;
    const inUse = partsOf(settings);
    const readsAppId = inUse.some((part) => part.readsAppId);
    const configuration = new Configuration(
      `${name}-configuration`,
      { destination, settings, readsAppId, passwords: values },
      child,
    );
    const images = new Images(`${name}-images`, { destination, settings }, child);
    const common = partArgs({
      destination,
      settings,
      configuration,
      images,
      passwords: values,
      protect,
      sandbox: inSandbox,
    });

    // A quota is there before the pods that it is computed from; the policies are there before what they hold.
    const guarded = { ...child, dependsOn: [...isolation.first] };
    const roles = inUse.flatMap(({ databaseRole }) => databaseRole ?? []);
    const database = new Database(`${name}-database`, { ...common, roles }, guarded);
    const valkey = new Valkey(`${name}-valkey`, common, guarded);
    const stores = [database, valkey];

    const migrations = settings.maintenance
      ? []
      : [new Migration(`${name}-migration`, common, { ...child, dependsOn: stores })];
    const sidecars = this.#sidecars(name, common);
    const service = new Service(
      `${name}-service`,
      { ...common, database, sidecars },
      { ...child, dependsOn: [...stores, ...migrations] },
    );

    const account = serviceAccount(`${name}-worker-account`, { destination, name: WORKER_ACCOUNT }, child);
    const serviceAccountName = account.metadata.name;
    const sandboxes = inSandbox
      ? [
          new Sandbox(
            `${name}-sandbox`,
            {
              destination: inSandbox,
              workers: { serviceAccount: serviceAccountName, namespace: namespace.name },
              caches: new Map(
                workersWithCache(settings).map((one) => [one, common.sandboxClaim(sandboxCacheClaim(one))]),
              ),
            },
            guarded,
          ),
        ]
      : [];
    for (const kind of activePools(settings.workers)) {
      const args = { ...common, database, kind, serviceAccountName, sidecars };
      const dependsOn = [...stores, service, ...sandboxes];
      new WorkerPool(`${name}-${kind.name}`, args, { ...child, dependsOn });
    }
    if (inSandbox && refreshesCache(settings)) {
      const args = { ...common, sandbox: inSandbox };
      new RepositoryCacheRefresh(`${name}-repository-cache-refresh`, args, child);
    }
    const spine = new Map<string, pulumi.Resource>([
      ["postgres", database],
      ["valkey", valkey],
      ["service", service],
    ]);
    if (imageBuilds && inBuilds) {
      const all = inUse.flatMap((part) => Object.values(part.images ?? {}));
      const args = { ...common, builds: inBuilds, build: imageBuilds, images: all };
      new ImageBuilds(`${name}-image-builds`, args, child);
    }
    const others = parts.filter(({ part }) => !part.isTool);
    const made = madeParts(name, { args: common, parts: others, made: spine }, child);
    const tools = parts.filter(({ part }) => part.isTool);
    const waiting = { ...child, dependsOn: [...isolation.first, valkey] };
    new Tools(`${name}-tools`, { args: common, parts: tools, made, first: isolation.first }, waiting);

    this.url = service.url;
    this.webhookSecret = values.webhookSecret;
    this.images = images.references;
    this.registerOutputs({ url: this.url, webhookSecret: this.webhookSecret });
  }

  #sidecars(name: string, args: InstanceArgs) {
    const { fluentd, withFluentdSidecar, secrets } = args.settings;
    if (!withFluentdSidecar || secrets.splunkToken === undefined) return [];
    const { destination } = args;
    const forwarder = {
      destination,
      image: args.image("fluentd"),
      settings: fluentd,
      token: secrets.splunkToken,
    };
    return [new LogForwarder(`${name}-log-forwarder`, forwarder, { parent: this }).container];
  }
}
