import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface GrantArgs {
  /** That of both objects; the Role's name is the RoleBinding's too. */
  readonly metadata: k8s.types.input.meta.v1.ObjectMeta & { readonly name: string };
  /** What is allowed. */
  readonly rules: k8s.types.input.rbac.v1.PolicyRule[];
  /** The account to which it is. */
  readonly account: { readonly name: pulumi.Input<string>; readonly namespace: pulumi.Input<string> };
  /** Users to whom it is besides. @default - nobody */
  readonly users?: readonly string[];
}

/** The Role `${name}-role`, and the RoleBinding `${name}-role-binding` that gives it to an account. */
export function grant(
  name: string,
  { metadata, rules, account, users = [] }: GrantArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  new k8s.rbac.v1.Role(`${name}-role`, { metadata, rules }, opts);
  new k8s.rbac.v1.RoleBinding(
    `${name}-role-binding`,
    {
      metadata,
      roleRef: { apiGroup: GROUP, kind: "Role", name: metadata.name },
      subjects: [
        { kind: "ServiceAccount", ...account },
        ...users.map((user) => ({ apiGroup: GROUP, kind: "User", name: user })),
      ],
    },
    opts,
  );
}

const GROUP = "rbac.authorization.k8s.io";
