import type { ArgDef } from "citty";
import { hintOf } from "./arguments.ts";
import { leaves, type Verb } from "./verb.ts";

/** The width of a terminal that nobody has widened. */
const COLUMNS = 80;

/** The widest first column; what is wider has its description on the next line. */
const WIDEST = 30;

/** The help of a verb, or of several that belong together, as plain text of at most 80 columns. */
export async function usage(verb: Verb): Promise<string> {
  const { path, description, args } = verb;
  const all = Object.entries(args);
  const positionals = all.filter(([, { type }]) => type === "positional");
  const options = all.filter(([, { type }]) => type !== "positional");
  const verbs = Object.keys(verb.verbs).length > 0 ? await leaves(verb) : [];
  const words = [
    ...["./ops", ...path],
    ...(verbs.length > 0 ? ["VERB …"] : []),
    ...positionals.map(([name, arg]) => (isNeeded(arg) ? hintOf(name, arg) : `[${hintOf(name, arg)}]`)),
    ...(options.length > 0 ? ["[OPTION …]"] : []),
  ];
  const more = `More on one of them: ${["./ops help", ...path, "VERB"].join(" ")}`;
  const sections = [
    wrapped(description, 0),
    `Usage: ${wrapped(words.join(" "), 7).trimStart()}`,
    section(
      "Verbs",
      verbs.map((one) => [one.path.slice(path.length).join(" "), one.description]),
    ),
    section(
      "Arguments",
      positionals.map(([name, arg]) => [hintOf(name, arg), arg.description ?? ""]),
    ),
    section(
      "Options",
      options.map(([name, arg]) => [optionOf(name, arg), described(arg)]),
    ),
    verbs.length > 0 ? more : "",
  ];
  return sections.filter((text) => text !== "").join("\n\n");
}

function isNeeded({ required }: ArgDef): boolean {
  return required !== false;
}

function optionOf(name: string, arg: ArgDef): string {
  return arg.type === "boolean" ? `--${name}` : `--${name}=${hintOf(name, arg)}`;
}

function described({ description = "", default: byDefault }: ArgDef): string {
  return typeof byDefault === "string" ? `${description} (default: ${byDefault})` : description;
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return "";
  const fitting = rows.map(([name]) => name.length).filter((length) => length <= WIDEST);
  const indent = 4 + Math.max(0, ...fitting);
  const lines = rows.map(([name, text]) => {
    const first = `  ${name}`.padEnd(indent);
    const start = first.length > indent ? `${first}\n${" ".repeat(indent)}` : first;
    return start + wrapped(text, indent).slice(indent);
  });
  return `${title}:\n${lines.join("\n")}`;
}

/** A text in lines that fit, each after the first indented; the first is too, where its room is counted. */
function wrapped(text: string, indent: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => " ".repeat(indent) + one).join("\n");
}
