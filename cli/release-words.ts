import { UserError } from "../errors.ts";
import { STEPS } from "../operations/release/steps.ts";
import { nearOr, REPEATED, repeated } from "./arguments.ts";
import { WHERE } from "./options.ts";
import type { ReleaseWords } from "./release-run.ts";

export const STATE = {
  state: {
    type: "string",
    valueHint: "DIR",
    description: "Where journals are. Default: packit-deployment/releases in $XDG_STATE_HOME",
  },
} as const;

/** The options of what goes back: it chooses no commits, and leaves no steps out. */
export const BACK_ARGS = {
  ...STATE,
  kubeconfig: WHERE.kubeconfig,
  yes: { type: "boolean", default: false, description: "Agree to all that is asked, but for dangers" },
  "dry-run": {
    type: "boolean",
    default: false,
    description: "Change nothing outside, and say what would be done",
  },
  accept: {
    type: "string",
    valueHint: `DANGER ${REPEATED}`,
    description: "Accept a danger by the name that its message tells; repeat it for more",
  },
} as const;

export const COMMON = {
  ...BACK_ARGS,
  at: {
    type: "string",
    valueHint: `REPOSITORY=HASH ${REPEATED}`,
    description: "The commit to move a stable branch to; repeat it for more. Default: that of main",
  },
  without: {
    type: "string",
    valueHint: `STEP ${REPEATED}`,
    description: "A step to leave out; repeat it for more",
  },
} as const;

type Args = Pick<ReleaseWords, "state" | "kubeconfig" | "yes" | "dry-run">;

export function wordsOf(args: Args, raw: readonly string[]): ReleaseWords {
  const without = repeated(COMMON, raw, "without");
  const names = STEPS.map(({ name }) => name);
  const stray = without.find((name) => !names.includes(name));
  if (stray !== undefined) throw new UserError(`--without is "${stray}". ${nearOr(stray, names)}`);
  const at = commitsOf(repeated(COMMON, raw, "at"));
  return { ...args, accept: repeated(COMMON, raw, "accept"), choices: { at, without } };
}

/** The commits of `--at NAME=HASH`, by the names of repositories. */
function commitsOf(given: readonly string[]): Record<string, string> {
  const pairs = given.map((text) => {
    const [, name, hash] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name !== undefined && hash !== undefined) return [name, hash] as const;
    throw new UserError(`--at is "${text}". It takes a repository and a hash, as --at packit=0123abc.`);
  });
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new UserError(`--at names ${twice} twice. Give one commit for it.`);
  return Object.fromEntries(pairs);
}
