import { z } from "zod";
import { duration } from "../../schema/duration.ts";
import { refuse } from "../../schema/refuse.ts";
import { baseUrl, dnsLabel, flag, gitBranch, line, positive, seconds, text } from "../../schema/values.ts";
import { REPOSITORIES } from "./repositories.ts";

/** Where a repository is cloned from and pushed to: an address, or a folder. It never looks like an option. */
const remote = text(
  /^(?!-)[^\s]+$/,
  "what git takes for a repository: an address, or a folder; no spaces",
  "git@github.com:packit/ogr.git",
);

const slug = text(
  /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/,
  "an account and a repository at GitHub",
  "packit/ogr",
);

const environment = (stack: string) =>
  z
    .strictObject({
      stack: dnsLabel.default(stack).describe("The stack's name."),
      url: baseUrl
        .optional()
        .describe("Where its API is asked. Default: `https://` and the stack's `hosts.service`."),
    })
    .prefault({});

const named = (example: string) => line.meta({ example });

const names = (example: string) => z.array(named(example)).meta({ example: [example] });

const repository = z.strictObject({
  name: named("packit").describe("What it is called here, and the path of its submodule in the monorepo."),
  github: slug.describe("Where its pull requests and workflow runs are."),
  remote: remote.describe("Where it is fetched from and pushed to."),
  after: names("ogr")
    .default([])
    .describe("The repositories whose Copr builds must be done before it is moved."),
  package: named("python-ogr").optional().describe("Its package in Copr, if it has one."),
  images: names("worker").default([]).describe("The images that are built from it, as `images` calls them."),
  workflow: named("build-and-push.yml").optional().describe("The file of the workflow that builds them."),
  version: named("packit_service").optional().describe("What /api/system calls it, if it tells its commit."),
  notes: flag.default(true).describe("Whether users are told of its changes: not those of internal ones."),
});

/** What the weekly production update works with. */
export const releaseSettings = z
  .strictObject({
    stage: environment("stage").describe("What is looked at before."),
    prod: environment("prod").describe("What is updated."),
    from: gitBranch.default("main").describe("The branch that changes are merged to."),
    to: gitBranch.default("stable").describe("The branch that images of prod are built from."),
    repositories: z
      .array(repository)
      .min(1)
      .default(REPOSITORIES as z.output<typeof repository>[])
      .describe("What is moved, and what depends on it."),
    monorepo: z
      .strictObject({
        remote: remote.default("git@github.com:packit/production-monorepo.git").describe("Its address."),
        branch: gitBranch.default("main").describe("The branch that is committed to."),
        others: names("tokman")
          .default(["tokman", "hardly"])
          .describe("Its submodules that are not released any more."),
        message: line.default("chore: weekly deployment").describe("The commit's message."),
      })
      .prefault({})
      .describe("The repository whose submodules are the released commits."),
    copr: z
      .strictObject({
        url: baseUrl.default("https://copr.fedorainfracloud.org").describe("Where Copr is."),
        owner: line.default("packit").describe("Whose project it is."),
        project: line.default("packit-stable").describe("The project that images install from."),
      })
      .prefault({}),
    registry: z
      .strictObject({
        url: baseUrl.default("https://quay.io").describe("Where the registry is: a Quay."),
        account: line.default("packit").describe("Whose images they are."),
        tag: dnsLabel.default("prod").describe("The tag that prod runs."),
        keep: positive.default(10).describe("How many of each image's newest tags stay in any case."),
        keepFor: duration.default("60d").describe("How long any tag stays."),
        cleanEvery: duration.default("28d").describe("How often old tags are removed."),
        stacks: names("prod")
          .optional()
          .describe(
            "The stacks whose pods are asked what they run before that. Default: all that have a file.",
          ),
      })
      .prefault({}),
    matrix: z
      .strictObject({
        url: baseUrl.default("https://fedora.ems.host").describe("The homeserver of the account."),
        room: text(/^[#!]\S+:\S+$/, "the alias or the ID of a room", "#packit:fedora.im")
          .default("#packit:fedora.im")
          .describe("The room whose topic tells of the update."),
      })
      .prefault({}),
    slack: z
      .strictObject({
        url: baseUrl.default("https://slack.com/api").describe("Where its API is."),
        channel: text(/^[CG][A-Z0-9]+$/, "the ID of a channel", "C01ABCDEFGH")
          .optional()
          .describe("The channel's ID. Without it, the text for the topic is shown to be pasted."),
      })
      .prefault({}),
    mastodon: z
      .strictObject({
        url: baseUrl.default("https://fosstodon.org").describe("The server of the account."),
        limit: positive.default(500).describe("The most characters of a post."),
      })
      .prefault({}),
    blog: z
      .strictObject({
        repository: slug.default("packit/packit.dev").describe("Where the blog is."),
        branch: gitBranch.default("main").describe("The branch that it is published from."),
        as: z
          .enum(["pull-request", "commit"])
          .default("pull-request")
          .describe("How a post gets there: somebody merges it, or at once."),
        path: line.default("weekly/{year}/week-{week}.md").describe("The post's file."),
        title: line.default("Packit in {month} {year}").describe("The post's title."),
        author: named("lbarcziova")
          .optional()
          .describe("The post's author, as the blog knows him. Default: none is named."),
        url: baseUrl.default("https://packit.dev/weekly").describe("What posts link to."),
      })
      .prefault({}),
    notice: line
      .default(
        "⚠️ Production redeployment in progress. If Packit does not react for a long time (30 minutes), retrigger it: /packit build, test, propose-downstream, pull-from-upstream, koji-build, create-update",
      )
      .describe("What topics say while prod is updated."),
    wait: z
      .strictObject({
        everySeconds: seconds.default(30).describe("The pause between two looks at what is waited for."),
        limit: duration
          .default("2h")
          .describe(
            "How long something that is waited for may stay as it is; a machine's sleep is none of it.",
          ),
      })
      .prefault({}),
  })
  .superRefine(({ repositories }, context) => {
    const known = repositories.map(({ name }) => name);
    repositories.forEach(({ name, after, images, workflow }, i) => {
      const earlier = known.slice(0, i);
      const path = ["repositories", i];
      if (earlier.includes(name))
        refuse(context, {
          path: [...path, "name"],
          value: name,
          allowed: "each repository once",
          remedy: "leave one of them out",
        });
      // What is wrong itself may not be there.
      const unknown = after?.find((one) => !earlier.includes(one));
      if (unknown !== undefined)
        refuse(context, {
          path: [...path, "after"],
          value: unknown,
          allowed: `repositories that stand before it: ${earlier.join(", ") || "there are none"}`,
          remedy: "put what others depend on first",
        });
      if (images?.length > 0 && workflow === undefined)
        refuse(context, {
          path: [...path, "workflow"],
          value: "nothing",
          allowed: "the file of the workflow that builds the images",
          remedy: "name it",
        });
    });
  });

export const release = releaseSettings
  .optional()
  .describe("What `./ops release` works with. It stands in Pulumi.yaml; docs/release.md.");

export type ReleaseSettings = Readonly<z.output<typeof releaseSettings>>;
export type RepositorySettings = ReleaseSettings["repositories"][number];
