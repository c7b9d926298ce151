import { execa } from "execa";
import { z } from "zod";
import { EnvironmentError } from "../errors.ts";
import { jsonIn } from "./json-text.ts";

/** What stands in a preview for a value that is not known before something is made. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What stands in a preview for a value that Pulumi knows to be secret. */
export const SECRET = "[secret]";

const state = z.object({ type: z.string(), inputs: z.record(z.string(), z.unknown()).optional() });

const step = z.object({
  /** `create`, `update`, `same` … */
  op: z.string(),
  urn: z.string(),
  // Nothing is there before what is made, and nothing after what goes.
  oldState: state.optional(),
  newState: state.optional(),
  diffReasons: z.array(z.string()).optional(),
  replaceReasons: z.array(z.string()).optional(),
  detailedDiff: z.record(z.string(), z.object({ kind: z.string() })).nullish(),
});

/** A step of a preview, as far as it is read here. */
export type PreviewStep = z.output<typeof step>;

/** The stack itself is always a step of it. */
const preview = z.object({ steps: z.array(step) });

/** What a preview would do, by its JSON; an EnvironmentError for anything else. */
export function stepsIn(json: string): readonly PreviewStep[] {
  const { data } = preview.safeParse(jsonIn(json));
  if (data !== undefined) return data.steps;
  throw new EnvironmentError(
    "`pulumi preview --json` says something else than a plan. Is its CLI another version?",
  );
}

const failure = z.object({
  diagnostics: z.array(z.object({ severity: z.string(), message: z.string() })).default([]),
});

/** The errors that a preview's JSON tells of, a line each; nothing if it is no JSON. */
function errorsIn(json: string): string | undefined {
  const { data } = failure.safeParse(jsonIn(json));
  return data?.diagnostics
    .flatMap(({ severity, message }) => (severity === "error" ? [message] : []))
    .join("\n");
}

export interface PreviewArgs {
  /** The CLI. @default - the one on PATH */
  readonly program?: string;
  /** The folder of the project. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stack: string;
  readonly signal: AbortSignal;
}

/** What a run would do, as the CLI says it in JSON. An Error with what it said where that fails, or tells of errors. */
export async function pulumiPreview(args: PreviewArgs): Promise<string> {
  const { program = "pulumi", cwd, env, stack, signal } = args;
  const { failed, stdout, stderr, code } = await execa(
    program,
    ["preview", "--json", "--non-interactive", "--stack", stack],
    // Streamed, it would be a list of events, and no plan.
    {
      cwd,
      env: { ...env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false" },
      reject: false,
      stdin: "ignore",
      cancelSignal: signal,
    },
  );
  signal.throwIfAborted();
  if (code === "ENOENT") throw new EnvironmentError(`There is no \`${program}\` on PATH.`);
  const errors = errorsIn(stdout);
  // As its library has it: what it said is told. Of a plan, which may hold anything, only its errors are.
  if (failed || errors) throw new Error(`${stderr}\n${errors ?? stdout}`);
  return stdout;
}
