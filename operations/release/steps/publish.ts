import { createHash } from "node:crypto";
import type { ReleaseContext } from "../context.ts";
import { placeOf } from "../notes.ts";
import type { Step } from "../step.ts";
import { reviewedTexts } from "./notes.ts";

export const publish: Step = {
  name: "publish",
  title: "publish the notes",
  tokens: () => ["GITHUB_TOKEN"],
  async run(context) {
    const texts = reviewedTexts(context);
    if (texts === undefined) return "nothing to tell";
    await context.ask.agree("publish", `Publish the blog post and ${texts.posts.length} posts at Mastodon?`);
    const where = await publishPost(context, texts.post);
    await toot(context, texts.posts);
    return where;
  },
};

async function publishPost(context: ReleaseContext, text: string): Promise<string> {
  const { settings, services, effects, begun, name, say } = context;
  const { blog: repository } = services;
  const { branch: base, as } = settings.blog;
  const { path, title } = placeOf(settings, begun);
  const branch = as === "commit" ? base : `release-notes-${name}`;
  if (as === "pull-request")
    await effects.once({
      key: "blog branch",
      title: `make the branch ${branch} in ${settings.blog.repository}`,
      record: async () => ({ branch, sha: (await repository.head(base)) ?? "" }),
      hasHappened: async () => (await repository.head(branch)) !== undefined,
      act: ({ sha }) => repository.makeBranch(branch, sha),
    });
  await effects.once({
    key: "blog post",
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

async function toot(context: ReleaseContext, posts: readonly string[]): Promise<void> {
  const { services, effects, name, pace, say } = context;
  const { mastodon } = services;
  if (mastodon === undefined) {
    for (const post of posts) say(`  Post at Mastodon:\n\n${post}\n`);
    return;
  }
  for (const [i, text] of posts.entries()) {
    const key = createHash("sha256").update(`${name} ${i} ${text}`).digest("hex");
    await effects.once<{ text: string; key: string; since: string }>({
      key: `post ${i + 1}`,
      title: `post ${i + 1} of ${posts.length} at Mastodon`,
      record: (former) => former ?? { text, key, since: pace.now().toISOString() },
      hasHappened: async ({ since }) => (await mastodon.find(text, new Date(since))) !== undefined,
      act: async () => void (await mastodon.post(text, key)),
    });
  }
}
