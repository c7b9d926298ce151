/** What each link counts, however long it is (docs.joinmastodon.org, "Posting to your profile"). */
const LINK = 23;

const LINKS = /https?:\/\/[^\s<>"]*[^\s<>".,:;!?)\]}']/g;

/** Of an account of another server only its name counts. */
const MENTIONS = /(?<![\w/=])@(\w+)@[\w.-]+\w/g;

const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The length of a post as Mastodon counts it. */
export function postLength(text: string): number {
  const links = text.match(LINKS)?.length ?? 0;
  const rest = text.replaceAll(LINKS, "").replaceAll(MENTIONS, "@$1");
  return [...GRAPHEMES.segment(rest)].length + links * LINK;
}
