import { chmodSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { EnvironmentError } from "../errors.ts";
import { makeFolder } from "./make-folder.ts";

export interface PulumiFailureArgs {
  /** What failed, as `pulumi up`. */
  readonly what: string;
  /** All that Pulumi has said. */
  readonly output: string;
  /** Where all of it is kept, for its user alone. */
  readonly log: string;
  /** Values that are neither shown nor kept, should Pulumi have said one. */
  readonly secrets: readonly string[];
}

/** A failure of Pulumi's CLI. */
export class PulumiFailure extends EnvironmentError {
  /** All that it said, without secrets. */
  readonly said: string;

  constructor(message: string, said: string) {
    super(message);
    this.said = said;
  }
}

/** How many lines of what went wrong are shown. */
const LINES = 8;

/** Shorter lines of a secret are no secret, and would blot out words. */
const SHORTEST_SECRET = 6;

/** What a failure of Pulumi's CLI comes to: the errors that it told of, what to do where that is known, and the log. */
export function pulumiFailure({ what, output, log, secrets }: PulumiFailureArgs): PulumiFailure {
  const text = masked(stripVTControlCharacters(output).replaceAll("\r", ""), secrets);
  makeFolder(dirname(log), 0o700);
  writeFileSync(log, text, { mode: 0o600 });
  // An older log of that name keeps its mode.
  chmodSync(log, 0o600);
  const said = errorLines(text).map((line) => `  ${line}`);
  const remedy = REMEDIES.find(([pattern]) => pattern.test(text))?.[1];
  return new PulumiFailure(
    [`${what} failed:`, ...said, ...(remedy ? [remedy] : []), `All that it said is in ${log}`].join("\n"),
    text,
  );
}

/** What Pulumi says where somebody has to do something, and what that is. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /PULUMI_ACCESS_TOKEN must be set|not logged in|pulumi login/,
    "Log in first: `pulumi login`, or name a backend in PULUMI_BACKEND_URL.",
  ],
  [
    /incorrect passphrase|passphrase must be set|PULUMI_CONFIG_PASSPHRASE/,
    "Give the stack's passphrase in PULUMI_CONFIG_PASSPHRASE, or a file that holds it in PULUMI_CONFIG_PASSPHRASE_FILE.",
  ],
  [
    /currently locked|Another update is currently in progress/,
    "Wait for the other run; if there is none, `pulumi cancel` removes its lock.",
  ],
];

/** The errors in an output, each with whose it is and the lines that go on from it; without any, its last lines. */
function errorLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const errors: string[] = [];
  let isError = false;
  // At its end Pulumi sums up what went wrong.
  for (const line of lines.slice(lines.lastIndexOf("Diagnostics:") + 1)) {
    isError = /\berror:/.test(line) || (isError && line.trim() !== "");
    if (isError || OWNER.test(line)) errors.push(line.trim());
  }
  const unique = errors.filter((line, i) => errors.indexOf(line) === i);
  if (unique.length === 0) return lines.filter((line) => line.trim() !== "").slice(-LINES);
  const more = unique.length - LINES;
  return more > 0 ? [...unique.slice(0, LINES), `… and ${more} lines more`] : unique;
}

/** The line above the errors of one resource. */
const OWNER = /^ {2}\S+:\S+ \(.+\):$/;

/** A text without the lines of secrets. */
export function masked(text: string, secrets: readonly string[]): string {
  const parts = secrets
    .flatMap((secret) => secret.split("\n"))
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length);
  return parts.reduce((all, part) => all.replaceAll(part, "[secret]"), text);
}
