import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { RepositorySettings } from "../../../components/release/settings.ts";
import { UserError } from "../../../errors.ts";
import { makeFolder } from "../../../system/make-folder.ts";
import type { ReleaseContext } from "../context.ts";
import { decidedMoves, movedRepositories } from "../moves.ts";
import {
  blogPost,
  joinPosts,
  type Note,
  noteOf,
  placeOf,
  shortPosts,
  splitPosts,
  tooLong,
} from "../notes.ts";
import type { Step } from "../step.ts";

const TEXTS = z.object({ post: z.string(), posts: z.array(z.string()) });

/** What was written and reviewed for the blog and for Mastodon; nothing where there is nothing to tell. */
export type Texts = z.output<typeof TEXTS>;

export function reviewedTexts({ journal }: ReleaseContext): Texts | undefined {
  return journal.fact("texts", TEXTS);
}

/** The file in which the posts for Mastodon were reviewed. */
export function postsFile({ folder }: ReleaseContext): string {
  return join(folder, "posts.txt");
}

/** Takes the posts anew from the file in which they are reviewed, where somebody has changed it since. */
export function reviewAgain(context: ReleaseContext, texts: Texts): Texts {
  const posts = splitPosts(readFileSync(postsFile(context), "utf8"));
  const wrong = tooLong(posts, context.settings.mastodon.limit);
  if (wrong !== undefined) throw new UserError(wrong);
  const value = { ...texts, posts };
  context.journal.append({ type: "fact", key: "texts", value });
  return value;
}

export const notes: Step = {
  name: "notes",
  title: "write the release notes",
  async run(context) {
    const { journal, ask, folder, settings, begun, say } = context;
    if (decidedMoves(context) === undefined) return "nothing is moved";
    const all = (await Promise.all(movedRepositories(context).map((one) => notesOf(context, one)))).flat();
    if (all.length === 0) return "nothing to tell";
    const { title, url: link, path } = placeOf(settings, begun);
    const { limit } = settings.mastodon;
    const former = await formerPost(context, path);
    const post = blogPost(settings, begun, all, former);
    const short = joinPosts(shortPosts({ notes: all, title, link, limit }));
    if (context.isDry) {
      say(`${post}\n${short}`);
      return `${all.length} notes`;
    }
    const postFile = join(folder, "post.md");
    const shortFile = postsFile(context);
    draft(folder, { [postFile]: post, [shortFile]: short });
    const posts = () => splitPosts(readFileSync(shortFile, "utf8"));
    await ask.review("texts", [postFile, shortFile], () => tooLong(posts(), limit));
    const value = { post: readFileSync(postFile, "utf8"), posts: posts() };
    journal.append({ type: "fact", key: "texts", value });
    return `${all.length} notes, in ${folder}`;
  },
};

/** The blog's own post of that week, which the reviewed one has in it; nothing where there was none. */
export function knownPost({ journal }: ReleaseContext): string | undefined {
  return journal.fact(FORMER, FOUND) ?? undefined;
}

/** The same as it is looked for once, before the texts are first written. */
async function formerPost(context: ReleaseContext, path: string): Promise<string | undefined> {
  const { journal, services, settings, choices } = context;
  if (journal.fact(FORMER, FOUND) !== undefined) return knownPost(context);
  // It is of no use to who does not publish, and GitHub may refuse to show it.
  if (choices.without.includes("publish")) return undefined;
  const found = await services.blog.file(path, settings.blog.branch);
  journal.append({ type: "fact", key: FORMER, value: found?.text ?? null });
  return found?.text;
}

const FORMER = "post of the week";
const FOUND = z.string().nullable();

/** Writes texts to be reviewed, unless they are there: somebody may have changed them already. */
function draft(folder: string, texts: Readonly<Record<string, string>>): void {
  makeFolder(folder, 0o700);
  for (const [path, text] of Object.entries(texts))
    if (!existsSync(path)) writeFileSync(path, text, { mode: 0o600 });
}

async function notesOf(context: ReleaseContext, repository: RepositorySettings): Promise<Note[]> {
  const move = decidedMoves(context)?.[repository.name];
  if (!repository.notes || move === undefined) return [];
  const history = context.services.history(repository);
  const commits = await context.services.clone(repository).between(move.old, move.new);
  const found: Note[] = [];
  for (const { sha, pull } of commits) {
    const known = pull === undefined ? undefined : await history.pull(pull);
    const pulls = known === undefined ? await history.pullsOf(sha) : [known];
    const own = pulls.map((one) => noteOf(repository.name, one)).filter((note) => note !== undefined);
    found.push(...own.filter((note) => !found.some(({ number }) => number === note.number)));
  }
  return found;
}
