import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface GrantArgs {
  /** That of both objects; the Role's name is the RoleBinding's too. */
  readonly metadata: k8s.types.input.meta.v1.ObjectMeta & { readonly name: string };
  /** What is allowed. */
  readonly rules: k8s.types.input.rbac.v1.PolicyRule[];
  /** To whom: an account of some namespace, or a user by the name that the cluster knows. */
  readonly account:
    | { readonly name: pulumi.Input<string>; readonly namespace: pulumi.Input<string> }
    | { readonly user: string };
}

/** The Role `${name}-role`, and the RoleBinding `${name}-role-binding` that gives it to somebody. */
export function grant(
  name: string,
  { metadata, rules, account }: GrantArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  new k8s.rbac.v1.Role(`${name}-role`, { metadata, rules }, opts);
  new k8s.rbac.v1.RoleBinding(
    `${name}-role-binding`,
    {
      metadata,
      roleRef: { apiGroup: GROUP, kind: "Role", name: metadata.name },
      subjects: [
        "user" in account
          ? { apiGroup: GROUP, kind: "User", name: account.user }
          : { kind: "ServiceAccount", ...account },
      ],
    },
    opts,
  );
}

const GROUP = "rbac.authorization.k8s.io";
