import { UserError } from "../errors.ts";
import { localAccess } from "../local/kubeconfig.ts";
import { localPaths } from "../local/paths.ts";
import { readStackFile } from "../settings/stack-file.ts";
import { knownStacks } from "../settings/stacks.ts";
import { nearOr } from "./arguments.ts";
import { ROOT } from "./root.ts";

export const STACK = { type: "positional", description: "The stack: stage, prod …", required: true } as const;

export const JSON_OUTPUT = {
  json: { type: "boolean", default: false, description: "Print the outcome as JSON" },
} as const;

/** Where a verb works that may do so on a cluster or on this machine. */
export const WHERE = {
  local: {
    type: "boolean",
    default: false,
    description: "Work on the control plane that make local started",
  },
  kubeconfig: {
    type: "string",
    valueHint: "FILE",
    description: "The kubeconfig. Default: where kubectl looks",
  },
} as const;

export interface Where {
  readonly local: boolean;
  readonly kubeconfig?: string | undefined;
}

/** The local control plane of this project. */
export const PATHS = localPaths(`${ROOT}/.local/control-plane`);

/** The kubeconfig that is meant, and with `--local` the context in it. */
export function whereOf({ local, kubeconfig }: Where) {
  if (local && kubeconfig !== undefined)
    throw new UserError("--local and --kubeconfig name two clusters. Give one of them.");
  return local ? localAccess(PATHS) : { kubeconfig };
}

/** Refuses a name that no stack has, with those that there are. */
export function refuseUnknown(stack: string): void {
  const known = knownStacks(ROOT);
  if (!known.includes(stack)) throw new UserError(`There is no stack "${stack}". ${nearOr(stack, known)}`);
}

/** A stack's configuration. */
export function stackConfig(stack: string): ReturnType<typeof readStackFile> {
  refuseUnknown(stack);
  return readStackFile(ROOT, stack);
}

/** Prints what a verb found or did: as text, or as JSON for programs. */
export function print(json: boolean, value: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`);
}

/** Says what goes on, to those who watch. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
