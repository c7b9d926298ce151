import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { RepositorySettings } from "../../../components/release/settings.ts";
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

export const notes: Step = {
  name: "notes",
  title: "write the release notes",
  async run(context) {
    const { journal, ask, folder, settings, begun, say } = context;
    if (decidedMoves(context) === undefined) return "nothing is moved";
    const all = (await Promise.all(movedRepositories(context).map((one) => notesOf(context, one)))).flat();
    if (all.length === 0) return "nothing to tell";
    const { title, url: link } = placeOf(settings, begun);
    const { limit } = settings.mastodon;
    const post = blogPost(settings, begun, all);
    const short = joinPosts(shortPosts({ notes: all, title, link, limit }));
    if (context.isDry) {
      say(`${post}\n${short}`);
      return `${all.length} notes`;
    }
    const paths = draft(folder, { "post.md": post, "posts.txt": short });
    const [postPath = "", shortPath = ""] = paths;
    const posts = () => splitPosts(readFileSync(shortPath, "utf8"));
    await ask.review("texts", paths, () => tooLong(posts(), limit));
    const value = { post: readFileSync(postPath, "utf8"), posts: posts() };
    journal.append({ type: "fact", key: "texts", value });
    return `${all.length} notes, in ${folder}`;
  },
};

/** Writes texts to be reviewed, unless they are there: somebody may have changed them already. */
function draft(folder: string, texts: Readonly<Record<string, string>>): string[] {
  makeFolder(folder, 0o700);
  return Object.entries(texts).map(([name, text]) => {
    const path = join(folder, name);
    if (!existsSync(path)) writeFileSync(path, text, { mode: 0o600 });
    return path;
  });
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
