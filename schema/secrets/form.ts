import { certificateChain } from "./forms/certificate.ts";
import { coprFile } from "./forms/copr.ts";
import { keytab } from "./forms/keytab.ts";
import { rsaPrivateKey, tlsPrivateKey } from "./forms/private-key.ts";
import { type Fault, OTHER_FORM, type Read } from "./forms/read.ts";
import { sshPrivateKey } from "./forms/ssh-key.ts";
import { patterned, textLine, token, trimmed } from "./forms/text.ts";

/** How a secret's value looks. */
export type SecretForm = keyof typeof FORMS;

/** What a stack's settings say of its secrets. */
export interface Surroundings {
  /** The hosts that its certificate must cover. */
  readonly hosts: readonly string[];
  /** Whom its keytab must have a key of. @default - whoever is in it */
  readonly principal?: string | undefined;
}

interface Form {
  /** The form in words. */
  readonly words: string;
  /** The value as its readers want it. Files that programs read end with one newline: OpenSSH takes a key without it for a broken one. */
  readonly read: (value: string, around: Surroundings) => Read;
  /** Whether it is a file, and is read as one. */
  readonly isFile?: boolean;
}

/** How long GitHub lets a secret be. */
const MOST_FOR_GITHUB = 48 * 1024;

const FORMS = {
  text: { words: "one line of text that can be seen", read: textLine },
  token: { words: "one line of visible ASCII without spaces", read: token },
  // Packit's and Flower's own code puts these into URLs and lists without quoting them.
  word: {
    words: "letters, digits, dots, dashes, underscores and tildes",
    read: patterned(/^[A-Za-z0-9._~-]+$/),
  },
  content: { words: `text of at most ${MOST_FOR_GITHUB / 1024} KiB`, read: content },
  digits: { words: "a number", read: patterned(/^\d{1,15}$/) },
  uuid: { words: "a UUID", read: patterned(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i) },
  // As sentry-sdk reads it: whatever else it finds, it ends the program.
  sentryDsn: {
    words: "an address as https://KEY@HOST/NUMBER",
    read: sentryDsn,
  },
  keytab: {
    words: "a keytab, in base64",
    read: (value, { principal }) => keytab(value, principal),
  },
  certificate: {
    words: "PEM, from -----BEGIN CERTIFICATE----- on, the hosts' own certificate first",
    read: (value, { hosts }) => certificateChain(value, hosts),
    isFile: true,
  },
  tlsPrivateKey: {
    words: "PEM, from -----BEGIN … PRIVATE KEY----- on, not encrypted",
    read: tlsPrivateKey,
    isFile: true,
  },
  rsaPrivateKey: {
    words: "PEM, from -----BEGIN RSA PRIVATE KEY----- on, not encrypted",
    read: rsaPrivateKey,
    isFile: true,
  },
  sshPrivateKey: {
    words: "PEM, from -----BEGIN OPENSSH PRIVATE KEY----- on, not encrypted",
    read: sshPrivateKey,
    isFile: true,
  },
  copr: {
    words: "a file with the section [copr-cli], and login, username, token and copr_url in it",
    read: coprFile,
    isFile: true,
  },
} as const satisfies Record<string, Form>;

/** What anybody may read as he likes: some lines of text, or one. */
function content(value: string): Read {
  if (trimmed(value) === "") return OTHER_FORM;
  const isLong = Buffer.byteLength(value) > MOST_FOR_GITHUB;
  return isLong ? { fault: `more than ${MOST_FOR_GITHUB / 1024} KiB` } : { value };
}

function sentryDsn(value: string): Read {
  const pattern = /^https?:\/\/[\w.~-]+(:[\w.~-]+)?@[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?(\/[\w.~-]+)*\/\d+$/;
  const read = patterned(pattern)(value);
  // A port can be too great.
  return "value" in read && !URL.canParse(read.value) ? OTHER_FORM : read;
}

/** How long a value may be: many times what any of them has, and little of the 1 MiB that a Kubernetes Secret may hold. */
export const LONGEST = 128 * 1024;

/** The value as its readers want it; or what is wrong with it, and the form that it should have had. */
export function inForm(
  value: string,
  form: SecretForm,
  around: Surroundings = { hosts: [] },
): { readonly value: string } | (Fault & { readonly wanted: string }) {
  const { words, read }: Form = FORMS[form];
  if (value.length > LONGEST) return { fault: `more than ${LONGEST / 1024} KiB`, wanted: words };
  const result = read(value.replaceAll("\r\n", "\n"), around);
  return "value" in result ? result : { ...result, wanted: words };
}

/** Whether a secret is a file for its readers. */
export function isFile(form: SecretForm): boolean {
  const { isFile = false }: Form = FORMS[form];
  return isFile;
}

/** Whether a secret's file holds bytes, and its value their base64. */
export function isBytes(form: SecretForm): boolean {
  return form === "keytab";
}
