import { z } from "zod";
import { refuse } from "../../schema/refuse.ts";
import { flag, line, text } from "../../schema/values.ts";
import { environment } from "./environment-settings.ts";
import { secretName } from "./values.ts";

const COLOR = text(/^[0-9a-f]{6}$/, "a colour as six hexadecimal digits in lower case, no #", "d73a4a");

const label = z.strictObject({
  color: COLOR.describe("Its colour."),
  description: text(/^\S([^\r\n]{0,98}\S)?$/, "one line of at most 100 characters", "Something is broken")
    .optional()
    .describe("What it says of an issue."),
});

/**
 * The provider puts a label's name into an address as it is: with `c#` it would change the label `c`, and with `100%` fail
 * for ever. GitHub itself takes such names.
 */
const labelName = text(
  /^(?!(.*\/)?\.{1,2}(\/|$))[^\s#?%\\]([^\r\n#?%\\]{0,48}[^\s#?%\\])?$/,
  "as a label, one line of at most 50 characters, no space at either end, without #, ?, % and \\, no step . or ..",
  "bug",
);

const ruleset = z.strictObject({
  name: line
    .meta({ example: "main" })
    .default("main")
    .describe("Its name, which no other ruleset of the repository has."),
  branches: z
    .array(
      text(
        /^(~DEFAULT_BRANCH|~ALL|[A-Za-z0-9_*?][A-Za-z0-9_*?./+-]*)$/,
        "~DEFAULT_BRANCH, ~ALL, or a branch's name, in which * and ? stand for any characters",
        "~DEFAULT_BRANCH",
      ),
    )
    .min(1)
    .default(["~DEFAULT_BRANCH"])
    .describe("The branches that are protected: from being deleted and from forced pushes, too."),
  checks: z
    .array(
      z.strictObject({
        context: line.meta({ example: "test" }).describe("The check's name, as a commit shows it."),
        app: z
          .int()
          .positive()
          .meta({ allowed: "the number of a GitHub App", example: 15368 })
          .optional()
          .describe("The GitHub App that must report it; GitHub Actions is 15368. Default: anybody."),
      }),
    )
    .default([])
    .describe("Checks that must have passed before anything is merged."),
  upToDate: flag.default(false).describe("Whether they must have passed together with the branch's latest."),
  approvals: z
    .int()
    .min(0)
    .max(10)
    .meta({ allowed: "a whole number from 0 to 10", example: 1 })
    .default(1)
    .describe("Reviews that a pull request needs."),
  dismissStale: flag.default(true).describe("Whether a later push takes approvals away."),
  codeOwners: flag.default(false).describe("Whether the owners of changed code must be among the reviewers."),
});

const webhook = z.strictObject({
  url: text(
    /^https:\/\/[^\s@?#\\/]+(\/[^\s#\\]*)?$/,
    "an https address, no user or #",
    "https://stg.packit.dev/api/webhooks/github",
  ).describe("Where events are sent, as JSON."),
  events: z
    .array(text(/^(\*|[a-z_]+)$/, "an event's name", "pull_request"))
    .min(1)
    .default(["push"])
    .describe("The events that are sent."),
  secret: secretName
    .optional()
    .describe("The name, under `secrets.github`, of the secret that signs them. Default: none."),
});

const shared = z
  .strictObject({
    labels: z
      .record(labelName, label)
      .default({})
      .describe("Labels of issues, by their names. One that is left out here stays in the repository."),
    ruleset: ruleset
      .optional()
      .describe("Protects branches. Default: the program declares no ruleset. Left out again, it stays."),
    protectedTags: z
      .array(
        text(
          /^[A-Za-z0-9_*?][A-Za-z0-9_*?./+-]*$/,
          "a tag's name, in which * and ? stand for any characters",
          "v*",
        ),
      )
      .default([])
      .describe(
        "Tags that only the repository's administrators may make, move and remove. Default: everybody who may push. Left out again, they stay so.",
      ),
    webhooks: z
      .record(text(/^[a-z0-9-]{1,40}$/, "lower-case letters, digits and dashes", "stage"), webhook)
      .default({})
      .describe("Webhooks, by names that only this file knows."),
  })
  .superRefine(({ labels }, context) => {
    refuseAlike(context, { at: "labels", what: "label", names: Object.keys(labels) });
  });

/** What a stack declares of a GitHub repository. */
export const github = z
  .strictObject({
    repository: text(
      /^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
      "a repository as OWNER/NAME",
      "packit/deployment",
    ).describe("The repository. The program neither makes nor removes it."),
    environments: z
      .record(
        text(
          /^[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/,
          "as an environment's name, at most 100 letters, digits, dots, dashes and underscores, a letter or digit at either end",
          "prod",
        ),
        environment,
      )
      .default({})
      .describe("Environments of its workflows, by their names. No two stacks may declare the same one."),
    shared: shared
      .optional()
      .describe("What the repository has once. Only one stack may declare it. Default: nothing of it."),
  })
  .superRefine(({ environments }, context) => {
    refuseAlike(context, { at: "environments", what: "environment", names: Object.keys(environments) });
  })
  .optional()
  .describe(
    "A GitHub repository, and what workflows need to deploy this stack; docs/github.md. Default: none.",
  );

export type GitHubSettings = NonNullable<z.output<typeof github>>;
export type SharedSettings = NonNullable<GitHubSettings["shared"]>;
export type RulesetSettings = NonNullable<SharedSettings["ruleset"]>;

/** The keys of a map that are names on GitHub. */
interface Names {
  /** Where the map stands. */
  readonly at: string;
  /** What they are names of. */
  readonly what: string;
  readonly names: readonly string[];
}

/** Refuses each name that GitHub takes for one that stands before it. */
function refuseAlike(context: z.core.$RefinementCtx, { at, what, names }: Names): void {
  for (const [i, other] of names.entries()) {
    const one = names.slice(0, i).find((name) => name.toLowerCase() === other.toLowerCase());
    if (one === undefined) continue;
    refuse(context, {
      path: [at, other],
      value: other,
      allowed: `no ${what} of the same letters as ${one}: GitHub makes no difference between their cases`,
      remedy: "remove one of them",
    });
  }
}
