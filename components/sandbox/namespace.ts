import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Namespace, type NamespaceArgs } from "../../kubernetes/namespace.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import { tenantPrefix } from "../stack/namespaces.ts";

/** The namespace for sandbox pods, made by this program or asked of the platform's operator. Returns its name. */
export function sandboxNamespace(
  name: string,
  args: NamespaceArgs,
  opts: pulumi.ComponentResourceOptions,
): pulumi.Output<string> {
  const { namespaces } = args.platform;
  if (namespaces.by === "program") return new Namespace(name, args, opts).name;
  const request = new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "tenant.paas.redhat.com/v1alpha1",
      kind: "TenantNamespace",
      metadata: {
        name: args.name.slice(tenantPrefix(namespaces.tenant).length),
        namespace: `${tenantPrefix(namespaces.tenant)}config`,
        labels: { [STACK_LABEL]: args.stack },
      },
      spec: { type: "runtime", network: { "security-zone": "internal" } },
    },
    // Without the request, the operator would remove the namespace.
    { ...opts, protect: args.protect, retainOnDelete: args.protect },
  );
  // The operator makes the namespace a moment later; Pulumi's provider tries again while it is not there.
  return request.id.apply(() => args.name);
}
