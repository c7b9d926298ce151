import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../components/settings.ts";
import { program } from "../../program.ts";
import { clusterProvider } from "../../provider.ts";
import type { Anything } from "./anything.ts";
import { type Changes, settingsOf } from "./stacks.ts";

/** A resource as the program registers it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** The name of the resource that it is part of. */
  readonly parent: string;
  /** The names of what it is made from. */
  readonly inputs: readonly string[];
  /** The name in Kubernetes, where it has one. */
  readonly objectName?: string;
  /** The object as it travels to its provider. */
  readonly object: Anything;
  readonly protect: boolean;
  /** Whether it is left in the cluster when the program no longer declares it. */
  readonly isRetained: boolean;
  /** How long Pulumi waits for it when it is made or changed, in seconds. */
  readonly timeoutSeconds?: number;
  /** The names of the resources that it waits for. */
  readonly dependencies: readonly string[];
  /** The name of the provider that makes it; none is the engine's default one. */
  readonly provider?: string;
  /** The names of the hooks that run before it is made. */
  readonly beforeCreate: readonly string[];
  /** The names of the hooks that run before it is changed. */
  readonly beforeUpdate: readonly string[];
}

/**
 * What the program registers with Pulumi's monitor for stage, with some settings changed.
 *
 * @param options What the engine is told of every resource besides. @default - nothing
 */
export async function registered(
  changes: Changes,
  options: (settings: Settings) => pulumi.ComponentResourceOptions = () => ({}),
): Promise<Registered[]> {
  const seen: Registered[] = [];
  const newResource = ({ name, inputs }: pulumi.runtime.MockResourceArgs) => {
    return { id: name, state: { ...inputs, result: name } };
  };
  await pulumi.runtime.setMocks({ call: () => ({}), newResource }, "project", "stage");
  // MockMonitor's own method, with its request recorded: the runtime's type of a monitor does not name it.
  const monitor = pulumi.runtime.getMonitor() as Anything;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: Anything, callback: Anything) => {
    seen.push({
      type: request.getType(),
      name: request.getName(),
      parent: request.getParent().split("::").at(-1) ?? "",
      inputs: Object.keys(request.getObject()?.toJavaScript() ?? {}),
      objectName: request.getObject()?.toJavaScript().metadata?.name,
      object: request.getObject()?.toJavaScript(),
      protect: request.getProtect(),
      isRetained: request.getRetainondelete(),
      timeoutSeconds: Number.parseInt(request.getCustomtimeouts()?.getUpdate() ?? "", 10),
      dependencies: request.getDependenciesList().map((urn: string) => urn.split("::").at(-1)),
      provider: request.getProvider().split("::").at(-2),
      beforeCreate: request.getHooks()?.getBeforeCreateList() ?? [],
      beforeUpdate: request.getHooks()?.getBeforeUpdateList() ?? [],
    });
    return register(request, callback);
  };
  monitor.registerResourceHook = (_: Anything, callback: Anything) => callback(null, {});
  const secrets = { postgresPassword: undefined, ...(changes.secrets as Changes | undefined) };
  const settings = settingsOf("stage", { ...changes, secrets });
  await pulumi.runtime.runInPulumiStack(async () =>
    program(settings, clusterProvider(settings), options(settings)),
  );
  await pulumi.runtime.disconnect();
  return seen;
}
