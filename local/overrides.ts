import { REDACTED } from "../schema/secrets/sensitive.ts";
import type { StackConfig } from "../settings/stack-file.ts";
import { isMap } from "../system/is-map.ts";
import { STORAGE_CLASS } from "./fixtures.ts";
import { LOCAL_CONTEXT } from "./kubeconfig.ts";

/** A setting of a stack that this machine cannot offer, and what takes its place. */
export interface Override {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** A stack's configuration with what this machine lacks replaced, and the list of what was. */
export function overridden(config: StackConfig): {
  readonly config: StackConfig;
  readonly overrides: readonly Override[];
} {
  const values: Record<string, unknown> = { ...config.values };
  const overrides: Override[] = [];
  const set = (key: string, to: unknown, why: string, shown = String(to)) => {
    if (values[key] === to) return;
    overrides.push({ key, from: show(values[key]), to: shown, why });
    if (to === undefined) delete values[key];
    else values[key] = to;
  };
  set("kubeContext", LOCAL_CONTEXT, "the control plane on this machine");
  set("disposable", true, "nothing here is worth keeping");
  if (values.platform === "managed-platform") {
    set("platform", "openshift", "no operator makes tenants' namespaces here");
  }
  set("storageClass", STORAGE_CLASS, "there is one class here");
  if (values.github !== undefined) {
    delete values.github;
    overrides.push({
      key: "github",
      from: "a repository",
      to: "none",
      why: "GitHub is none of its business",
    });
  }
  if (isMap(values.deployer)) values.deployer = { ...values.deployer, oidc: undefined };
  // What is known of real secrets says nothing of stand-ins.
  delete values.secretRecords;
  const secrets = leftOut(values.secrets);
  overrides.push({ key: "secrets", from: REDACTED, to: "stand-ins", why: "no real secret is used here" });
  // On this machine, all stacks are in one cluster.
  const others = config.others?.map((other) => ({
    ...other,
    values: { ...other.values, kubeContext: LOCAL_CONTEXT },
  }));
  return { config: { ...config, values: { ...values, secrets }, ...(others && { others }) }, overrides };
}

/** Of the secrets, only what a stack does without stays as it is. */
function leftOut(secrets: unknown): object {
  if (typeof secrets !== "object" || secrets === null) return {};
  const isLeftOut = ([, value]: [string, unknown]) =>
    typeof value === "object" && value !== null && "leftOut" in value;
  return Object.fromEntries(Object.entries(secrets).filter(isLeftOut));
}

function show(value: unknown): string {
  return value === undefined ? "(default)" : String(value);
}
