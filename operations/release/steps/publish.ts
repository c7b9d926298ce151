import { createHash } from "node:crypto";
import { UserError } from "../../../errors.ts";
import { RefusedRequest } from "../../../system/http.ts";
import type { ReleaseContext } from "../context.ts";
import { placeOf } from "../notes.ts";
import type { Step } from "../step.ts";
import { knownPost, postsFile, reviewAgain, reviewedTexts } from "./notes.ts";

/** The key of why Mastodon did not take posts as they were. */
const REFUSED = "refused posts";

const POST = "blog post";

export const publish: Step = {
  name: "publish",
  title: "publish the notes",
  tokens: () => ["GITHUB_TOKEN"],
  async run(context) {
    const reviewed = reviewedTexts(context);
    if (reviewed === undefined) return "nothing to tell";
    const isRefused = context.journal.answer(REFUSED) !== undefined;
    const { post, posts } = isRefused ? reviewAgain(context, reviewed) : reviewed;
    await context.ask.agree("publish", `Publish the blog post and ${posts.length} posts at Mastodon?`, [
      post,
      ...posts,
    ]);
    const where = await publishPost(context, post);
    await toot(context, posts);
    return where;
  },
};

async function publishPost(context: ReleaseContext, text: string): Promise<string> {
  const { settings, services, effects, begun, name, say, journal } = context;
  const { blog: repository } = services;
  const { branch: base, as, repository: slug } = settings.blog;
  const { path, title } = placeOf(settings, begun);
  if (journal.effect(POST) === undefined) {
    const now = (await repository.file(path, base))?.text;
    if (now !== knownPost(context) && now !== text)
      throw new UserError(
        `${path} of ${slug} was changed since the notes were written. Nothing is overwritten. Publish them by hand, and go on: ${context.command("resume --without publish")}`,
      );
  }
  const branch = as === "commit" ? base : await branchFor(context);
  await effects.once({
    key: POST,
    title: `write ${path} on ${branch}`,
    record: () => ({ path, branch, text }),
    hasHappened: async () => (await repository.file(path, branch))?.text === text,
    act: () => repository.write({ path, text, branch, message: title }),
  });
  if (as === "commit") return `${settings.blog.repository}, ${path}`;
  await effects.once({
    key: "blog pull request",
    title: `open a pull request: ${title}`,
    record: () => ({ branch, base, title }),
    hasHappened: async () => (await repository.pullFrom(branch)) !== undefined,
    act: async () => void (await repository.open({ branch, base, title, body: `The release ${name}.` })),
  });
  const url = context.isDry ? undefined : await repository.pullFrom(branch);
  if (url) say(`  Have it merged: ${url}`);
  return url ?? branch;
}

/** A branch of the blog that only this release has. */
async function branchFor({ services, settings, effects, name }: ReleaseContext): Promise<string> {
  const { blog: repository } = services;
  const { branch: base, repository: slug } = settings.blog;
  const made = await effects.once<{ branch: string; sha: string }>({
    key: "blog branch",
    title: `make a branch in ${slug}`,
    record: async (former) => {
      if (former !== undefined) return former;
      const sha = (await repository.head(base)) ?? "";
      for (let count = 1; ; count++) {
        const branch = `release-notes-${name}${count === 1 ? "" : `-${count}`}`;
        const isFree =
          (await repository.head(branch)) === undefined && (await repository.pullFrom(branch)) === undefined;
        if (isFree) return { branch, sha };
      }
    },
    hasHappened: async ({ branch }) => (await repository.head(branch)) !== undefined,
    act: ({ branch, sha }) => repository.makeBranch(branch, sha),
  });
  return made.branch;
}

async function toot(context: ReleaseContext, posts: readonly string[]): Promise<void> {
  const { services, effects, name, pace, say, journal } = context;
  const { mastodon } = services;
  if (mastodon === undefined) {
    for (const post of posts) say(`  Post at Mastodon:\n\n${post}\n`);
    return;
  }
  for (const [i, text] of posts.entries()) {
    const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
    try {
      // By its text: others may stand before it by now.
      await effects.once<{ text: string; key: string; since: string }>({
        key: `post ${digest}`,
        title: `post ${i + 1} of ${posts.length} at Mastodon`,
        record: (former) => former ?? { text, key: `${name} ${digest}`, since: pace.now().toISOString() },
        hasHappened: async ({ since }) => (await mastodon.find(text, new Date(since))) !== undefined,
        act: async ({ key }) => void (await mastodon.post(text, key)),
      });
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      journal.append({ type: "answer", key: REFUSED, value: error.message });
      throw new UserError(
        `${error.message}\nChange post ${i + 1} in ${postsFile(context)}, and none before it: these are posted. Then: ${context.command("resume")}`,
      );
    }
  }
}
