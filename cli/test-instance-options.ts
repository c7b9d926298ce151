import type { ArgsDef } from "citty";
import { JSON_OUTPUT, WHERE } from "./options.ts";

/** What a verb takes that only reads. */
export const READ = { ...WHERE, ...JSON_OUTPUT } as const;

/** What a verb takes that makes or removes something. */
export const CHANGE = {
  ...READ,
  engine: {
    type: "enum",
    options: ["apply", "pulumi"],
    description: "What makes objects. Default: pulumi where its CLI is on PATH",
  },
} satisfies ArgsDef;

export const NAME = { type: "positional", description: "The instance", required: true } as const;
