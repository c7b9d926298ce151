/** What of a command of Pulumi's CLI the pages use. */
export interface PulumiCommand {
  /** How many words it takes besides its options. */
  readonly words: readonly [min: number, max: number];
  readonly options: readonly string[];
}

/**
 * The commands of Pulumi's CLI that the pages and a deployment may use, as pkg/cmd/pulumi of github.com/pulumi/pulumi has them in 3.260.
 * Options that take a value are given as NAME=.
 */
export const PULUMI: Readonly<Record<string, PulumiCommand>> = {
  cancel: { words: [0, 1], options: ["--stack=", "--yes", "--non-interactive"] },
  "config set": { words: [1, 2], options: ["--path", "--secret", "--stack="] },
  "config rm": { words: [1, 1], options: ["--path", "--stack="] },
  destroy: { words: [0, 0], options: ["--stack=", "--yes"] },
  import: { words: [0, 0], options: ["--file=", "--protect=", "--generate-code="] },
  install: { words: [0, 0], options: [] },
  login: { words: [0, 1], options: [] },
  preview: {
    words: [0, 0],
    options: ["--stack=", "--diff", "--json", "--non-interactive", "--import-file="],
  },
  refresh: { words: [0, 0], options: ["--stack=", "--clear-pending-creates"] },
  stack: { words: [0, 0], options: ["--show-urns", "--stack="] },
  "stack init": { words: [0, 1], options: ["--secrets-provider="] },
  "stack output": { words: [0, 1], options: ["--json", "--show-secrets", "--stack="] },
  "stack select": { words: [0, 1], options: [] },
  "state unprotect": { words: [0, 1], options: ["--all", "--stack="] },
  up: {
    words: [0, 0],
    options: [
      ...["--stack=", "--skip-preview", "--yes", "--non-interactive"],
      ...["--suppress-outputs", "--suppress-permalink="],
    ],
  },
};

/** What is wrong with some arguments of `pulumi`, if anything is; those of a command that is not whole may be fewer. */
export function pulumiFault(args: readonly string[], isWhole = true): string | undefined {
  const verb = [args.slice(0, 2).join(" "), args[0] ?? ""].find((name) => name in PULUMI);
  const command = verb === undefined ? undefined : PULUMI[verb];
  if (verb === undefined || command === undefined) return `no command ${args.join(" ")}`;
  const rest = args.slice(verb.split(" ").length);
  let words = 0;
  for (let i = 0; i < rest.length; i += 1) {
    const [name = "", value] = (rest[i] ?? "").split("=", 2);
    if (!name.startsWith("-")) words += 1;
    else if (command.options.includes(`${name}=`)) i += value === undefined ? 1 : 0;
    else if (!command.options.includes(name)) return `no option ${name} of pulumi ${verb}`;
  }
  const [min, max] = command.words;
  return (isWhole && words < min) || words > max ? `${words} words after pulumi ${verb}` : undefined;
}
