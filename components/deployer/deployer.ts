import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { grant } from "../../kubernetes/grant.ts";
import { serviceAccount } from "../../kubernetes/service-account.ts";
import { type Destination, STACK_LABEL } from "../../platform/destination.ts";
import type { Settings } from "../settings.ts";
import { tenantPrefix } from "../stack/namespaces.ts";
import { kubeconfig } from "./kubeconfig.ts";
import {
  buildsRules,
  loginRule,
  namespaceRule,
  ownRules,
  type Rule,
  sandboxRules,
  tenantRules,
} from "./rights.ts";
import type { DeployerSettings } from "./settings.ts";
import { userOf } from "./subject.ts";

export interface DeployerArgs {
  /** The stack's own namespace, where the account is. */
  readonly destination: Destination;
  /** The sandbox's namespace. @default - there is no sandbox */
  readonly sandbox: Destination | undefined;
  /** The namespace of builds. @default - nothing is built */
  readonly builds: Destination | undefined;
  /** Whether there is a deployer, and the names of what it works with. */
  readonly settings: Settings;
}

/** The name of the account, and of its Roles. */
export const DEPLOYER = "packit-deployer";

/**
 * Who runs `pulumi up` of a stack without being a person. Its rights are in the stack's namespaces alone, and
 * Kubernetes lets it change its own Roles only to what it has already.
 */
export class Deployer extends pulumi.ComponentResource {
  /** The kubeconfig of its token, as a secret; none where it has no token. */
  readonly kubeconfig: pulumi.Output<string> | undefined;

  constructor(
    name: string,
    args: DeployerArgs & { readonly deployer: DeployerSettings },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("packit:cluster:Deployer", name, {}, opts);
    const { destination, sandbox, builds, settings, deployer } = args;
    const { platform } = destination;
    const child = { parent: this };
    const account = serviceAccount(name, { destination, name: DEPLOYER }, child);
    const own = { name: account.metadata.name, namespace: destination.namespace };
    const give = (where: string, metadata: Metadata, rules: Rule[]) =>
      grant(`${name}-${where}`, { metadata, rules, account: own }, child);

    const user = deployer.oidc && settings.github && userOf(deployer.oidc, settings.github);
    const login = user === undefined ? [] : [loginRule(DEPLOYER)];
    give("own", destination.object(DEPLOYER), [
      namespaceRule(settings.namespace),
      ...ownRules(platform),
      ...login,
    ]);
    if (user !== undefined) {
      const metadata = destination.object(`${DEPLOYER}-login`);
      grant(`${name}-login`, { metadata, rules: login, account: { user } }, child);
    }
    if (sandbox) {
      const isDeclared = platform.namespaces.by === "program";
      const rules = isDeclared ? [namespaceRule(settings.sandboxNamespace)] : [];
      give("sandbox", sandbox.object(DEPLOYER), [...rules, ...sandboxRules(platform)]);
    }
    if (builds && settings.imageBuilds) {
      const rules = [namespaceRule(settings.imageBuilds.namespace), ...buildsRules()];
      give("builds", builds.object(DEPLOYER), rules);
    }
    const { namespaces } = platform;
    if (sandbox && namespaces.by === "operator") {
      const prefix = tenantPrefix(namespaces.tenant);
      // All stacks of the tenant have one there.
      const role = `${DEPLOYER}-${settings.stack}`;
      const metadata = {
        name: role,
        namespace: `${prefix}config`,
        labels: { [STACK_LABEL]: settings.stack },
      };
      give("tenant", metadata, tenantRules(settings.sandboxNamespace.slice(prefix.length), role));
    }
    this.kubeconfig = deployer.token && this.#kubeconfig(name, args, deployer.token, own.name);
    this.registerOutputs();
  }

  #kubeconfig(
    name: string,
    { destination, settings }: DeployerArgs,
    { server, certificateAuthority: given, generation }: NonNullable<DeployerSettings["token"]>,
    account: pulumi.Output<string>,
  ): pulumi.Output<string> {
    const suffix = generation === 1 ? "" : `-${generation}`;
    const annotations = { "kubernetes.io/service-account.name": account };
    const metadata = { ...destination.object(`${DEPLOYER}-token${suffix}`), annotations };
    const secret = new k8s.core.v1.Secret(
      `${name}-token${suffix}`,
      { metadata, type: "kubernetes.io/service-account-token" },
      { parent: this },
    );
    const made = secret.data.apply((data: Readonly<Record<string, string>> | undefined) => {
      // The provider waits until the cluster has filled it; where there is no engine, it stays empty.
      const decoded = (key: string) => Buffer.from(data?.[key] ?? "", "base64").toString();
      const certificateAuthority = given ?? decoded("ca.crt");
      return kubeconfig({
        context: settings.kubeContext,
        server,
        certificateAuthority,
        token: decoded("token"),
      });
    });
    return pulumi.secret(made);
  }
}

type Metadata = k8s.types.input.meta.v1.ObjectMeta & { readonly name: string };
