/** What a status comment says of one instance. */
export interface Section {
  /** The instance's name; empty for an answer that is of none. */
  readonly name: string;
  /** The run that says it: an older one does not take its place. */
  readonly run: number;
  readonly text: string;
}

/** How many instances a comment tells of, and how long it may be: GitHub takes 65,536 characters. */
const MOST = 5;
const LONGEST = 60_000;

const END = "<!-- end of sections -->";

/**
 * A status comment's text with a section in the place of its former one, the newest run's first, and what stands at its
 * end. What a newer run has said of the same stays.
 */
export function withSection(former: string, section: Section, end: string): string {
  const others = sectionsIn(former);
  const same = others.find(({ name }) => name === section.name);
  if (same !== undefined && same.run > section.run) return former;
  // An answer to an older comment, such as to a mistyped one, is of no use any more.
  const kept = others.filter(({ name, run }) => name !== section.name && (name !== "" || run >= section.run));
  const all = [section, ...kept].toSorted((a, b) => b.run - a.run).slice(0, MOST);
  const write = () => [...all.map(written), END, end].join("\n\n");
  while (all.length > 1 && write().length > LONGEST) all.pop();
  return write();
}

/** The sections of a status comment. */
export function sectionsIn(text: string): Section[] {
  const [sections = ""] = text.split(`\n${END}`);
  const [, ...parts] = sections.split(/^<!-- section name=(\S*) run=(\d{1,15}) -->$/m);
  return Array.from({ length: parts.length / 3 }, (_, i) => {
    const [name = "", run = "", body = ""] = parts.slice(3 * i, 3 * i + 3);
    return { name, run: Number(run), text: body.trim() };
  });
}

function written({ name, run, text }: Section): string {
  return `<!-- section name=${name} run=${run} -->\n${text.trim()}`;
}
