import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOGUE, SECRET_NAMES } from "../../../../components/catalogue.ts";
import { inForm, LONGEST, type SecretForm } from "../../../../schema/secrets/form.ts";
import { faultOf, sharesText } from "../../../support/forms.ts";
import { marked } from "../../../support/marks.ts";

const AROUND = { hosts: ["stg.packit.dev"], principal: "packit-stg@FEDORAPROJECT.ORG" };

/** What errors may say of a value, as it is none of the secret's own. */
const PUBLIC = [AROUND.principal, "[copr-cli]", "copr_url", "username"];

/** What leaves no mark on a screen: spaces, marks of direction, joiners, fillers, controls, halves of characters. */
const UNSEEN = [
  ..."\u0000\u0007\u000b\u000c\u000d\u001b\u007f\u0085\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u180e",
  ..."\u2000\u2003\u2007\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u202f\u205f",
  ..."\u2060\u2062\u2064\u2066\u2069\u206f\u2800\u3000\u3164\ufe0f\ufeff\uffa0\ufff9\ufffd\uffff",
  ..."\u{e0001}\u{e0041}\u{e0100}\u{1d173}\u{f0000}",
  "\ud83d",
  "\udc00",
];

/** The forms that take no value of another one. */
const STRICT: readonly SecretForm[] = [
  "uuid",
  "digits",
  "sentryDsn",
  "keytab",
  "certificate",
  "rsaPrivateKey",
  "copr",
];

describe.each(SECRET_NAMES)("the secret %s", (name) => {
  const value = marked(name);
  const { form } = CATALOGUE[name];

  it("is taken as it is, with line ends of DOS, and with more or fewer of them at its ends", () => {
    for (const given of [value, value.replaceAll("\n", "\r\n"), value.trimEnd(), `\n ${value}\t\r\n`])
      expect(inForm(given, form, AROUND)).toEqual({ value });
  });

  it("is refused with anything in it that cannot be seen", () => {
    for (const character of UNSEEN) {
      for (const at of [0, Math.floor(value.length / 2), value.length]) {
        const fault = faultOf(name, value.slice(0, at) + character + value.slice(at), AROUND);
        expect(fault, `U+${character.codePointAt(0)?.toString(16)} at ${at}`).toMatch(
          /^a value with .* in it$/,
        );
      }
    }
  });

  it("is refused where it is empty, far too long, or of another form", () => {
    expect(faultOf(name, " \n")).toBeDefined();
    expect(faultOf(name, "x".repeat(LONGEST + 1))).toBe("more than 128 KiB");
    const others = SECRET_NAMES.filter((other) => STRICT.includes(form) && CATALOGUE[other].form !== form);
    for (const other of others) expect(faultOf(name, marked(other)), other).toBeDefined();
  });

  it("is never shown by what is said of it, however it is damaged", () => {
    const place = fc.integer({ min: 0, max: value.length });
    fc.assert(
      fc.property(place, place, fc.string({ unit: "binary", maxLength: 12 }), (from, to, instead) => {
        const damaged = value.slice(0, from) + instead + value.slice(to);
        const result = inForm(damaged, form, AROUND);
        if ("value" in result) return;
        const said = `${result.fault} ${result.remedy ?? ""}`;
        const own = PUBLIC.reduce((text, part) => text.replaceAll(part, ""), said);
        expect(sharesText(own, damaged), said).toBe(false);
      }),
      { numRuns: 40 },
    );
  });
});

describe("a line", () => {
  it.each([
    ["testingFarmSecret", "two words"],
    ["testingFarmSecret", "tök"],
    ["testingFarmSecret", "two\nlines"],
    ["fasPassword", "two\nlines"],
    ["webhookSecret", "a\tb"],
    ["githubAppId", "abc"],
    ["githubAppId", "-1"],
    ["githubAppId", "１２"],
    ["fedoraMessagingQueue", "no-uuid"],
    ["awsAccessKeyId", "AKIA/us-east-1"],
    ["postgresPassword", "p@ss"],
    ["sentryDsn", "stand-in"],
    ["sentryDsn", "https://sentry.example.com/1"],
    ["sentryDsn", "https://key@sentry.example.com/"],
    ["sentryDsn", "https://key@sentry.example.com/project"],
    ["sentryDsn", "https://key@sentry.example.com/1/"],
    ["sentryDsn", "https://key@/1"],
    ["sentryDsn", "https://key@sentry.example.com:99999/1"],
    ["sentryDsn", "ftp://key@sentry.example.com/1"],
    ["sentryDsn", "https://key@sentry.example.com/1?x=2"],
  ] as const)("is refused as %s: %j", (name, value) => {
    expect(faultOf(name, value)).toBeDefined();
  });

  it.each([
    ["fasPassword", "correct horse ✓ ärgerlich $%&\"'"],
    ["testingFarmSecret", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"],
    ["sentryDsn", "https://0123abc:secret@o1.ingest.sentry.io:8443/some/path/42"],
    ["sentryDsn", "http://0123abc@sentry/1"],
  ] as const)("is taken as %s: %j", (name, value) => {
    expect(inForm(`${value}\n`, CATALOGUE[name].form)).toEqual({ value });
  });
});
