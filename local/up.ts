import { ApiClient } from "../cluster/api-client.ts";
import { appliedObjects, applyStack, stackObjects } from "../cluster/apply.ts";
import { refuseSizes } from "../cluster/claim-sizes.ts";
import { waitUntilReady } from "../cluster/wait.ts";
import type { Settings } from "../components/settings.ts";
import { UserError } from "../errors.ts";
import { evaluate } from "../render/evaluate.ts";
import { generatedFrom } from "../render/generated.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { standInsDirectory } from "../settings/engine.ts";
import { loadSettings } from "../settings/load.ts";
import { standIns } from "../settings/secrets/stand-ins.ts";
import { readStackFile, type StackConfig } from "../settings/stack-file.ts";
import { unlessAborted } from "../system/interruption.ts";
import { startControlPlane } from "./control-plane.ts";
import { credentials } from "./credentials.ts";
import { buildKit, kitIsBuilt } from "./kit.ts";
import { localAccess } from "./kubeconfig.ts";
import { whileAlive } from "./liveness.ts";
import { type Override, overridden } from "./overrides.ts";
import type { Paths } from "./paths.ts";
import type { Phase } from "./phases.ts";
import { isPulumiStack, pulumiUp } from "./pulumi.ts";
import { prepareVolumes } from "./volumes.ts";

/** The phases that make a running local cluster, whatever is applied to it later. */
export function clusterPhases(paths: Paths): Phase[] {
  return [
    {
      title: "Binaries",
      async run(report, signal) {
        // What would stop the start is said before a long build.
        prepareVolumes();
        if (kitIsBuilt(paths)) return "already built";
        report("building the control plane from its Go modules; this takes about 4 minutes, once");
        await unlessAborted(buildKit(paths, report), signal);
        return "built";
      },
    },
    {
      title: "Control plane",
      async run(report, signal) {
        report("starting etcd, the API server, the controllers, the scheduler and kwok");
        const outcome = await startControlPlane(paths, { report, signal });
        return outcome === "running" ? "already running" : "started";
      },
    },
  ];
}

/** A client of the local control plane. */
export function localClient(paths: Paths): ApiClient {
  return new ApiClient(localAccess(paths));
}

/** A stack's settings on this machine, the configuration that they were read from, and what it replaces. */
export interface LocalSettings {
  readonly settings: Settings;
  readonly config: StackConfig;
  readonly overrides: readonly Override[];
}

/** Reads a stack file with what this machine lacks replaced. */
export async function localSettings(root: string, stack: string): Promise<LocalSettings> {
  const { config, overrides } = overridden(readStackFile(root, stack));
  const standIn = await standIns(standInsDirectory(root, stack), config);
  return { settings: loadSettings(config, { kind: "given", root, standIn }), config, overrides };
}

/** A stack's objects as they are applied to the local control plane, secrets and all. */
export function localObjects(paths: Paths, settings: Settings): Promise<KubernetesObject[]> {
  const generate = generatedFrom(credentials(paths).seed, settings.stack);
  return evaluate(settings, { generate, secrets: { keep: true } });
}

/** What brings a stack up: a server-side apply of its rendered objects, or `pulumi up`. */
export type Engine = "apply" | "pulumi";

export interface StackPhasesArgs extends LocalSettings {
  readonly paths: Paths;
  /** The folder of this project. */
  readonly root: string;
  readonly engine: Engine;
  /** How long the stack may take to become ready, in seconds. */
  readonly limitSeconds: number;
}

/** The phases that bring a stack up on a running local cluster. */
export function stackPhases(args: StackPhasesArgs): Phase[] {
  const { paths, settings, limitSeconds } = args;
  let objects: KubernetesObject[] = [];
  return [
    {
      title: "Evaluate",
      async run() {
        objects = await localObjects(paths, settings);
        return `${objects.length} objects of ${settings.stack}`;
      },
    },
    args.engine === "pulumi" ? pulumiPhase(args, () => objects) : applyPhase(args, () => objects),
    {
      title: "Ready",
      async run(report, signal) {
        const client = localClient(paths);
        // Pulumi generates passwords of its own, and so makes a migration of another name than the one evaluated.
        if (args.engine === "pulumi") objects = await stackObjects(client, settings.stack);
        await whileAlive(paths, signal, (signal) =>
          waitUntilReady(client, { objects, limitSeconds, report, signal }),
        );
        return "every workload ready, every volume bound";
      },
    },
  ];
}

function applyPhase(
  { paths, settings: { stack } }: StackPhasesArgs,
  objects: () => KubernetesObject[],
): Phase {
  return {
    title: "Apply",
    async run(_, signal) {
      if (isPulumiStack({ paths, stack })) throw otherEngine(stack, "pulumi");
      const { changed, unchanged, removed } = await whileAlive(paths, signal, (signal) =>
        applyStack(localClient(paths), stack, objects(), { signal }),
      );
      return `${changed.length} changed, ${unchanged.length} unchanged, ${removed.length} removed`;
    },
  };
}

function pulumiPhase(
  { paths, root, config, settings: { stack } }: StackPhasesArgs,
  objects: () => KubernetesObject[],
): Phase {
  return {
    title: "pulumi up",
    async run(report, signal) {
      if ((await appliedObjects(localClient(paths), stack)).length > 0) throw otherEngine(stack, "apply");
      // There is no preview here that would refuse them before anything is done.
      await refuseSizes(localClient(paths), objects());
      const local = { paths, root, stack };
      await whileAlive(paths, signal, (signal) => pulumiUp(local, config, { report, signal }));
      return "done";
    },
  };
}

function otherEngine(stack: string, engine: Engine): UserError {
  return new UserError(
    `${stack} was brought up with --engine ${engine}. Go on with that, or remove it first: ./ops local down ${stack}`,
  );
}
