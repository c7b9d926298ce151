import { readFileSync } from "node:fs";
import { CATALOGUE, SECRET_NAMES, type SecretName } from "../../settings/secret-catalogue.ts";

/** Starts every marked secret's text; nothing that is shown may hold it. */
export const MARK = "MARKED";

/** A real certificate for stage's and prod's hosts, valid for a hundred years; text may stand between two of them. */
const CERTIFICATE = readFileSync(new URL("certificate.pem", import.meta.url), "utf8");

/** A value for every secret that a stack can be given, each with a mark and in the form that it must have. */
export function markedSecrets(): Record<string, unknown> {
  const named = SECRET_NAMES.map((name) => [name, marked(name)]);
  const forgeTokens = { "gitlab.com": `${MARK}-gitlab`, "src.fedoraproject.org": `${MARK}-pagure` };
  return { ...Object.fromEntries(named), forgeTokens };
}

/** The marked value of one secret. */
export function marked(name: SecretName): string {
  const text = `${MARK}-${name}`;
  const pem = (what: string) => `-----BEGIN ${what}-----\n${text}\n-----END ${what}-----\n`;
  const values = {
    line: text,
    word: text,
    // A UUID and a number cannot hold the mark; no text that is shown holds these either.
    uuid: "0badc0de-0bad-4bad-8bad-0badc0de0bad",
    digits: "10203040506070",
    base64: Buffer.from(text).toString("base64"),
    certificate: `${CERTIFICATE}${text}\n${CERTIFICATE}`,
    privateKey: pem("OPENSSH PRIVATE KEY"),
    copr: `[copr-cli]\nlogin = ${text}\nusername = packit\ntoken = ${text}\n`,
  };
  return values[CATALOGUE[name].form];
}

/** Whether a text holds a marked secret, in plain or in base64, wherever the mark falls within the groups of three bytes. */
export function holdsMark(text: string): boolean {
  const shifted = ["", "x", "xy"].map((prefix) =>
    Buffer.from(prefix + MARK)
      .toString("base64")
      .slice(4, 8),
  );
  if (/0badc0de|10203040506070/.test(text)) return true;
  return text.includes(MARK) || (shifted.some((part) => text.includes(part)) && decodes(text));
}

function decodes(text: string): boolean {
  const words = text.match(/[A-Za-z0-9+/]{8,}={0,2}/g) ?? [];
  return words.some((word) => Buffer.from(word, "base64").toString().includes(MARK));
}
