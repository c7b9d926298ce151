import type { ReleaseSettings } from "../../components/release/settings.ts";
import type { DescribedPull } from "../../github/history.ts";
import { postLength } from "../../mastodon/length.ts";

/** What users are told of a pull request. */
export interface Note {
  readonly repository: string;
  readonly number: number;
  readonly url: string;
  readonly text: string;
}

const BLOCK = /RELEASE NOTES BEGIN(.*?)RELEASE NOTES END/s;

/** What people write where there is nothing to tell. */
const NOTHING = /^(n\/?a|none|nothing|-)?[.!]?$/i;

/** The note in a pull request's description, if there is one. */
export function noteOf(repository: string, { number, url, body }: DescribedPull): Note | undefined {
  const text = (BLOCK.exec(body)?.[1] ?? "")
    .replaceAll("\r", "")
    // What hides the markers from readers.
    .replace(/^\s*-->/, "")
    .replace(/<!--\s*$/, "")
    .replaceAll(/<!--.*?-->/gs, "")
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
  return NOTHING.test(text) ? undefined : { repository, number, url, text };
}

/** A post's place and title. */
export interface PostPlace {
  readonly path: string;
  readonly title: string;
  readonly url: string;
}

/** Where the post of a day goes. */
export function placeOf({ blog }: Pick<ReleaseSettings, "blog">, day: Date): PostPlace {
  const { year, week } = isoWeek(day);
  const month = MONTHS[day.getUTCMonth()] ?? "";
  const filled = (text: string, of: number) =>
    text.replaceAll("{year}", `${of}`).replaceAll("{week}", `${week}`).replaceAll("{month}", month);
  return {
    path: filled(blog.path, year),
    title: filled(blog.title, day.getUTCFullYear()),
    url: `${blog.url}/${year}/week-${week}`,
  };
}

const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** The week of a day by ISO 8601, and the year that it is of. */
export function isoWeek(day: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((thursday.getTime() - first) / DAY_MS + 1) / 7);
  return { year: thursday.getUTCFullYear(), week };
}

const DAY_MS = 86_400_000;

/** The blog post, as the blog's own are; or one that is there for that week already, with these notes after its own. */
export function blogPost(
  settings: Pick<ReleaseSettings, "blog">,
  day: Date,
  notes: readonly Note[],
  former?: string,
): string {
  const items = notes.map(
    ({ text, repository, number, url }) => `- ${text} ([${repository}#${number}](${url}))`,
  );
  if (former !== undefined) return [former.trimEnd(), ...items, ""].join("\n");
  const { title } = placeOf(settings, day);
  const month = MONTHS[day.getUTCMonth()] ?? "";
  const { week } = isoWeek(day);
  const { author } = settings.blog;
  const tags = [`${day.getUTCFullYear()}-${month}`, `${day.getUTCFullYear()}`, month];
  return [
    "---",
    `title: ${title}`,
    `date: ${day.toISOString().slice(0, 10)}`,
    ...(author ? [`authors: ${author}`] : []),
    "tags:",
    ...tags.map((tag) => `  - ${tag}`),
    "---",
    "",
    `## Week ${week}`,
    "",
    ...items,
    "",
  ].join("\n");
}

/** Short posts that tell the same: as many notes in each as there is room for, whole ones where possible. */
export function shortPosts(args: {
  readonly notes: readonly Note[];
  readonly title: string;
  readonly link: string;
  readonly limit: number;
}): string[] {
  const { notes, title, link, limit } = args;
  if (notes.length === 0) return [];
  const posts: string[] = [];
  let current = `${title}:`;
  for (const { text } of notes) {
    const added = `${current}\n• ${text}`;
    if (fits(added, link, limit)) current = added;
    else {
      if (current !== `${title}:`) posts.push(current);
      current = shortenedTo(`${title}:\n• ${text}`, link, limit);
    }
  }
  return [...posts, current].map((text) => `${text}\n\n${link}`);
}

function fits(text: string, link: string, limit: number): boolean {
  return postLength(`${text}\n\n${link}`) <= limit;
}

function shortenedTo(text: string, link: string, limit: number): string {
  if (fits(text, link, limit)) return text;
  let words = text.split(" ");
  while (words.length > LEAST && !fits(`${words.join(" ")}…`, link, limit)) words = words.slice(0, -1);
  // What is left may be one endless word.
  let letters = [...words.join(" ")];
  while (!fits(`${letters.join("")}…`, link, limit)) letters = letters.slice(0, -1);
  return `${letters.join("")}…`;
}

/** How many words are left at least, before letters are taken off. */
const LEAST = 8;

/** What stands between two posts in the file that is reviewed. */
const RULE = /^-{3,}\s*$/m;

export function joinPosts(posts: readonly string[]): string {
  return `${posts.join("\n\n---\n\n")}\n`;
}

export function splitPosts(text: string): string[] {
  return text
    .split(RULE)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** What is too long, in words; nothing if all fit. */
export function tooLong(posts: readonly string[], limit: number): string | undefined {
  const lines = posts.flatMap((post, i) => {
    const length = postLength(post);
    return length > limit ? [`Post ${i + 1} has ${length} characters; a post has at most ${limit}.`] : [];
  });
  return lines.length === 0 ? undefined : lines.join("\n");
}
