import { ApiClient } from "../cluster/api-client.ts";
import { UserError } from "../errors.ts";
import { GitHub } from "../github/github.ts";
import { LOCAL_CONTEXT } from "../local/kubeconfig.ts";
import { localPaths } from "../local/paths.ts";
import { pulumiEnv } from "../local/pulumi.ts";
import { ActionsBuilder } from "../operations/test-instances/actions-builder.ts";
import type { Builder } from "../operations/test-instances/builder.ts";
import { type Context, seedOf } from "../operations/test-instances/context.ts";
import { ApplyEngine, type Engine } from "../operations/test-instances/engine.ts";
import { OpenShiftBuilder } from "../operations/test-instances/openshift-builder.ts";
import { hasPulumi, PulumiEngine } from "../operations/test-instances/pulumi-engine.ts";
import { loadPool, type Pool } from "../settings/test-pool.ts";
import { ROOT } from "./root.ts";

const LOCAL = localPaths(`${ROOT}/.local/control-plane`);

/** What all verbs may be told of where they work. */
export interface Common {
  readonly local: boolean;
  readonly "in-cluster": boolean;
  readonly kubeconfig?: string | undefined;
  readonly engine?: string | undefined;
}

/** The pool that a verb works in. */
export function poolOf({ local }: Common): Pool {
  // What the local control plane is, whatever the pool's own cluster is.
  const here = {
    kubeContext: LOCAL_CONTEXT,
    domain: "apps.localhost",
    platform: "openshift",
    storageClass: undefined,
  };
  return loadPool(ROOT, local ? here : {});
}

/** The way to the pool's cluster. */
export function clientOf(args: Common, { kubeContext: context }: Pool): ApiClient {
  return new ApiClient(
    args["in-cluster"] ? { inCluster: true } : { kubeconfig: kubeconfigOf(args), context },
  );
}

function kubeconfigOf({ local, kubeconfig }: Common): string | undefined {
  return local ? LOCAL.kubeconfig : kubeconfig;
}

/** What a verb works with. */
export async function contextOf(args: Common, pool: Pool): Promise<Context> {
  const client = clientOf(args, pool);
  const { GITHUB_TOKEN: token, GITHUB_API_URL: baseUrl } = process.env;
  const github = new GitHub({ token, baseUrl });
  return { root: ROOT, pool, client, github, engine: await engineOf(args, client, pool), report };
}

async function engineOf(args: Common, client: ApiClient, pool: Pool): Promise<Engine> {
  const { engine } = args;
  if (engine !== undefined && engine !== "apply" && engine !== "pulumi")
    throw new UserError(`--engine is "${engine}". It takes apply or pulumi.`);
  const isPulumi = engine === undefined ? !args["in-cluster"] && (await hasPulumi()) : engine === "pulumi";
  if (isPulumi) return new PulumiEngine({ root: ROOT, env: pulumiEnvOf(args) });
  return new ApplyEngine(client, () => seedOf(client, pool));
}

/** On the control plane of this machine Pulumi needs no login: its backend is there. */
function pulumiEnvOf(args: Common): Record<string, string> {
  if (args.local) return pulumiEnv(LOCAL);
  const file = kubeconfigOf(args);
  return file === undefined ? {} : { KUBECONFIG: file };
}

/** The pool's builder. */
export function builderOf({ pool, client, github }: Context): Builder {
  if (pool.builder === "openshift") return new OpenShiftBuilder(client);
  const [owner = "", name = ""] = pool.workflowRepository.split("/");
  return new ActionsBuilder({ github, repository: { owner, name }, registry: pool.registry });
}

let last = "";

/** Progress goes to stderr, and only what is new. */
function report(message: string): void {
  if (message !== last) process.stderr.write(`${message}\n`);
  last = message;
}
