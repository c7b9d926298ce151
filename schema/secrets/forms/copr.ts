import { type Fault, OTHER_FORM, type Read } from "./read.ts";
import { trimmed, unseenIn } from "./text.ts";

const SECTION = "copr-cli";
const CREDENTIALS = ["login", "username", "token"];

/** The file that Copr shows on its page of the API; only what Python's configparser reads without a second thought. */
export function coprFile(value: string): Read {
  const text = trimmed(value);
  const unseen = unseenIn(text, " \t\n");
  if (unseen) return unseen;
  if (text === "") return OTHER_FORM;
  const sections = sectionsOf(text);
  if ("fault" in sections) return sections;
  return coprFault(sections.value.get(SECTION)) ?? { value: `${text}\n` };
}

/** The last day on which the token is valid, as Copr writes it into a comment. */
export function coprEnd(file: string): string | undefined {
  const days = file.matchAll(/^[ \t]*[#;][ \t]*expiration date:[ \t]*(\d{4}-\d{2}-\d{2})\b/gim);
  const valid = [...days].map(([, day = ""]) => day).filter((day) => !Number.isNaN(Date.parse(day)));
  return valid.sort()[0];
}

type Section = Map<string, string>;

const TWICE: Fault = { fault: "a name that stands there twice" };

function sectionsOf(text: string): Read<ReadonlyMap<string, Section>> {
  const sections = new Map<string, Section>();
  let current: Section | undefined;
  for (const line of text.split("\n").filter((one) => !/^[ \t]*([#;].*)?$/.test(one))) {
    const header = /^\[([^[\]]+)\][ \t]*$/.exec(line)?.[1];
    if (header !== undefined) {
      if (sections.has(header)) return TWICE;
      current = new Map();
      sections.set(header, current);
      continue;
    }
    const [, name, value = ""] = /^([^\s=:[][^=:]*)[=:](.*)$/.exec(line) ?? [];
    if (name === undefined || current === undefined) return OTHER_FORM;
    const key = trimmed(name).toLowerCase();
    if (current.has(key)) return TWICE;
    current.set(key, trimmed(value));
  }
  return { value: sections };
}

function coprFault(section: Section | undefined): Fault | undefined {
  if (section === undefined) return { fault: `no section [${SECTION}]` };
  const missing = [...CREDENTIALS, "copr_url"].find((name) => !section.get(name));
  if (missing !== undefined) return { fault: `no ${missing} in the section [${SECTION}]` };
  // A per cent sign starts a reference to another value.
  const wrong = CREDENTIALS.find((name) => !/^[!-$&-~]+$/.test(section.get(name) ?? ""));
  if (wrong !== undefined)
    return { fault: `a ${wrong} that is not visible ASCII without spaces and per cent signs` };
  return isAddress(section.get("copr_url") ?? "")
    ? undefined
    : { fault: "a copr_url that is no http or https address" };
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s@%]+$/.test(text) && URL.canParse(text);
}
