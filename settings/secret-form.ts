import { X509Certificate } from "node:crypto";

/** How a secret's value looks. */
export type SecretForm = keyof typeof FORMS;

interface Form {
  /** The form in words. */
  readonly words: string;
  readonly pattern: RegExp;
  /** The value as its readers want it. */
  readonly tidy: (value: string) => string;
  /** What a pattern cannot tell. @default - nothing */
  readonly isValid?: (value: string) => boolean;
}

/** Files that programs read end with one newline: OpenSSH takes a key without it for a broken one. */
const asFile = (value: string) => `${value.trim()}\n`;
const asLine = (value: string) => value.trim();

const FORMS = {
  line: { words: "one line", pattern: /^\S([^\r\n]*\S)?$/, tidy: asLine },
  // Packit's and Flower's own code puts these into URLs and lists without quoting them.
  word: {
    words: "letters, digits, dots, dashes, underscores and tildes",
    pattern: /^[A-Za-z0-9._~-]+$/,
    tidy: asLine,
  },
  digits: { words: "a number", pattern: /^\d+$/, tidy: asLine },
  uuid: { words: "a UUID", pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, tidy: asLine },
  base64: {
    words: "base64",
    pattern: /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/,
    tidy: (value: string) => value.replaceAll(/\s/g, ""),
  },
  certificate: {
    words: "PEM, from -----BEGIN CERTIFICATE----- on",
    pattern: /^-----BEGIN CERTIFICATE-----\n[\s\S]*-----END CERTIFICATE-----\n$/,
    tidy: asFile,
    isValid: isCertificate,
  },
  privateKey: {
    words: "PEM, from -----BEGIN … PRIVATE KEY----- on",
    pattern: /^-----BEGIN ([A-Z]+ )*PRIVATE KEY-----\n[\s\S]*-----END ([A-Z]+ )*PRIVATE KEY-----\n$/,
    tidy: asFile,
  },
  copr: {
    words: "a file with the section [copr-cli], and login, username and token in it",
    pattern: /^\[copr-cli\]\n(?=[\s\S]*^login *=)(?=[\s\S]*^username *=)(?=[\s\S]*^token *=)/m,
    tidy: asFile,
  },
} as const satisfies Record<string, Form>;

/** The value as its readers want it, or the form that it should have had. */
export function inForm(
  value: string,
  form: SecretForm,
): { readonly value: string } | { readonly wanted: string } {
  const { words, pattern, tidy, isValid = () => true }: Form = FORMS[form];
  const tidied = tidy(value.replaceAll("\r\n", "\n"));
  return pattern.test(tidied) && isValid(tidied) ? { value: tidied } : { wanted: words };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).validTo !== "";
  } catch {
    return false;
  }
}
