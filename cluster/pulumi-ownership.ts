import { UserError } from "../errors.ts";
import { STACK_LABEL } from "../platform/destination.ts";
import { describe, type KubernetesObject } from "../render/kubernetes-object.ts";

/** The annotation that tells which of Pulumi's states an object was made from. */
export const STATE_ANNOTATION = "packit.dev/state";

/** The name under which Pulumi's provider owns the fields of a stack's objects: the same one in each run. */
export function fieldManager(stack: string): string {
  return `packit-pulumi-${stack}`;
}

/** An object that is to be made, as far as it is known: what a preview cannot know yet is no text. */
export interface Wanted {
  readonly stack: string;
  /** The state that it is made from. @default - any state of the stack, for what is kept when a state goes */
  readonly state?: unknown;
  /** Whether only some fields of an object are declared, which somebody else makes. */
  readonly isPatch: boolean;
}

/**
 * Why an object that is in the cluster already is not this stack's to go on with; nothing if it is. It is, if a former
 * run made it from the same state, or took it over; or if it was kept when a former state of the stack was destroyed.
 */
export function refusal(live: KubernetesObject, { stack, state, isPatch }: Wanted): UserError | undefined {
  const { labels = {}, annotations = {} } = live.metadata;
  const owner = labels[STACK_LABEL];
  if (owner !== undefined && owner !== stack) {
    return refused(live, `it belongs to stack ${owner}`, "Give this stack namespaces and names of its own.");
  }
  // A claim that a StatefulSet of the stack made is its controller's, and carries the stack's label.
  const isKept = state === undefined && owner === stack;
  if (isPatch || isKept) return undefined;
  const managers = managersOf(live);
  if (!managers.includes(fieldManager(stack))) {
    const maker = managers.length > 0 ? ` (${managers.join(", ")})` : "";
    return refused(
      live,
      `somebody else made it${maker}`,
      `Delete it if nobody needs it, or take it over on purpose: ./ops take-over ${stack}`,
    );
  }
  const former = annotations[STATE_ANNOTATION];
  if (former === undefined || former === state) return undefined;
  return refused(
    live,
    `another state of stack ${stack} made it`,
    "Look with `pulumi whoami -v` whether this is the backend that holds the stack. If that state is lost, take " +
      `all over on purpose: ./ops take-over ${stack}`,
  );
}

function refused(live: KubernetesObject, why: string, remedy: string): UserError {
  return new UserError(`${describe(live)} is in the cluster already, and ${why}. ${remedy}`);
}

/** Who owns fields of an object. */
export function managersOf({ metadata }: KubernetesObject): string[] {
  const fields =
    "managedFields" in metadata && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  return [...new Set(fields.map(({ manager }) => String(manager)))];
}
