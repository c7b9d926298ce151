import type { StackDiff } from "../diff/stack-diff.ts";

/** What is wrong with a line of a file, as GitHub shows it beside that line. */
export interface Annotation {
  readonly file: string;
  /** @default - the whole file */
  readonly line?: number;
  readonly title: string;
  readonly message: string;
}

/** What is wrong with the stacks of this checkout, each beside its line. What names no file is of the stack's own. */
export function annotationsOf(diffs: readonly StackDiff[]): Annotation[] {
  return diffs.flatMap(({ stack, wrong }) =>
    wrong?.side === "head" ? inText(wrong.message, `Pulumi.${stack}.yaml`) : [],
  );
}

/** `  Pulumi.stage.yaml:12  packit:workers.replicas`, as errors of settings begin; what is said of it stands below. */
const PLACE = /^ *(Pulumi[\w.-]*\.yaml)(?::(\d+))? {2}(\S.*)$/;

function inText(text: string, ownFile: string): Annotation[] {
  const found: { file: string; line?: number; title: string; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const [, file, number, title] = PLACE.exec(line) ?? [];
    if (file && title) found.push({ file, ...(number && { line: Number(number) }), title, lines: [] });
    else if (line.trim() !== "") found.at(-1)?.lines.push(line.trim());
  }
  if (found.length === 0) return [{ file: ownFile, title: "This stack cannot be rendered", message: text }];
  return found.map(({ lines, title, ...place }) => ({ ...place, title, message: lines.join("\n") || title }));
}

/** An annotation as a command to the runner, in one line: nothing in its texts begins another command. */
export function runnerCommand({ file, line, title, message }: Annotation): string {
  const at = [
    `file=${property(file)}`,
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${property(title)}`,
  ];
  return `::error ${at.join(",")}::${data(message)}`;
}

/** As the runner reads it: https://github.com/actions/toolkit, packages/core/src/command.ts */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
