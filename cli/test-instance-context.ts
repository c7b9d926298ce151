import { ApiClient } from "../cluster/api-client.ts";
import type { Pool } from "../components/test-instance/pool.ts";
import { UserError } from "../errors.ts";
import { GitHub } from "../github/github.ts";
import { STORAGE_CLASS } from "../local/fixtures.ts";
import { LOCAL_CONTEXT } from "../local/kubeconfig.ts";
import { pulumiEnv } from "../local/pulumi.ts";
import { ActionsBuilder } from "../operations/test-instances/actions-builder.ts";
import type { Builder } from "../operations/test-instances/builder.ts";
import { type Context, seedOf } from "../operations/test-instances/context.ts";
import { ApplyEngine, type Engine } from "../operations/test-instances/engine.ts";
import { removeLeftovers } from "../operations/test-instances/leftovers.ts";
import { OpenShiftBuilder } from "../operations/test-instances/openshift-builder.ts";
import { hasPulumi, PulumiEngine } from "../operations/test-instances/pulumi-engine.ts";
import { loadPool } from "../settings/pool.ts";
import { PATHS, say, type Where, whereOf } from "./options.ts";
import { complete } from "./printed.ts";
import { ROOT } from "./root.ts";

/** What verbs may be told of where and how they work. */
export interface Common extends Where {
  readonly "in-cluster"?: boolean;
  /** `apply` or `pulumi`: arguments are checked before a verb runs. */
  readonly engine?: string | undefined;
}

/** The pool that a verb works in. */
export function poolOf({ local }: Common): Pool {
  // What the local control plane is, whatever the pool's own cluster is.
  const here = {
    kubeContext: LOCAL_CONTEXT,
    domain: "apps.localhost",
    platform: "openshift",
    storageClass: STORAGE_CLASS,
  };
  return loadPool(ROOT, local ? here : {});
}

/** The way to the pool's cluster. */
export function clientOf(args: Common, { kubeContext }: Pool): ApiClient {
  if (!args["in-cluster"]) return new ApiClient({ context: kubeContext, ...whereOf(args) });
  if (args.local || args.kubeconfig !== undefined)
    throw new UserError("--in-cluster names the cluster. Leave --local and --kubeconfig out.");
  return new ApiClient({ inCluster: true });
}

/** Where a verb acts, in words. */
export function whereabouts(args: Common, { kubeContext }: Pool): string {
  return args["in-cluster"] ? "In the cluster that this runs in" : `In the context ${kubeContext}`;
}

/** What a verb works with. */
export async function contextOf(args: Common, pool: Pool): Promise<Context> {
  removeLeftovers(ROOT);
  const client = clientOf(args, pool);
  const { GITHUB_TOKEN: token, GITHUB_API_URL: baseUrl } = process.env;
  const github = new GitHub({ token, baseUrl });
  return {
    root: ROOT,
    pool,
    client,
    github,
    engine: await engineOf(args, client, pool),
    report: (message) => report(complete(message, args)),
  };
}

async function engineOf(args: Common, client: ApiClient, pool: Pool): Promise<Engine> {
  const { engine } = args;
  const isPulumi = engine === undefined ? !args["in-cluster"] && (await hasPulumi()) : engine === "pulumi";
  if (isPulumi) return new PulumiEngine({ root: ROOT, env: pulumiEnvOf(args) });
  return new ApplyEngine(client, () => seedOf(client, pool));
}

/** On the control plane of this machine Pulumi needs no login: its backend is there. */
function pulumiEnvOf(args: Common): Record<string, string> {
  const { kubeconfig } = whereOf(args);
  if (args.local) return pulumiEnv(PATHS);
  return kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig };
}

/** The pool's builder. */
export function builderOf({ pool, client, github }: Context): Builder {
  if (pool.builder === "openshift") return new OpenShiftBuilder(client);
  const [owner = "", name = ""] = pool.workflowRepository.split("/");
  return new ActionsBuilder({ github, repository: { owner, name }, registry: pool.registry });
}

let last = "";

/** Progress is said once. */
function report(message: string): void {
  if (message !== last) say(message);
  last = message;
}
