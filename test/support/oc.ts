/** The commands of `oc` that kubectl has not, and the options of each that pages use. kubectl's are asked of itself. */
export const OC_ALONE: Readonly<Record<string, readonly string[]>> = {
  login: [],
  "adm policy": ["-n"],
  extract: ["--to", "-n"],
  "import-image": ["-n"],
  "start-build": ["-n"],
};

/** The command of `oc` that kubectl has not, if it is one. */
export function ocAlone(args: readonly string[]): string | undefined {
  return [args[0] ?? "", args.slice(0, 2).join(" ")].find((name) => name in OC_ALONE);
}
