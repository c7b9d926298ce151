import { parseArgs } from "node:util";

/** All values of an option that may stand there more than once. */
export function repeated(rawArgs: string[], name: string): string[] {
  const options = { [name]: { type: "string", multiple: true } } as const;
  const { values } = parseArgs({ args: rawArgs, options, strict: false });
  return (values[name] ?? []).map(String);
}
