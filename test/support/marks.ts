import { createPrivateKey, createPublicKey, getDiffieHellman, type KeyObject } from "node:crypto";
import { generate } from "selfsigned";
import sshpk from "sshpk";
import { CATALOGUE, SECRET_NAMES, type SecretName } from "../../components/catalogue.ts";
import { encodedKeytab } from "../../schema/secrets/forms/keytab.ts";

/** Starts every marked secret's text; nothing that is shown may hold it. */
export const MARK = "MARKED";

/** The domains whose hosts the marked certificate covers, and the accounts that the marked keytab has keys of. */
const DOMAINS = [
  "packit.dev",
  "stg.packit.dev",
  "fedora-ci.packit.dev",
  "stg.fedora-ci.packit.dev",
  "apps.example.com",
  "my.packit.dev",
  "localhost",
  "dashboard.localhost",
];
const ACCOUNTS = ["packit", "packit-stg", "packit-test", "me", "fedora-ci"];

/** Whose secrets there are, each with values of its own. */
const OWNERS = ["anybody", "prod", "stage", "fedora-ci", "fedora-ci-stage"] as const;

export type Owner = (typeof OWNERS)[number];

/** A value for every secret that a stack can be given, each with a mark and in the form that it must have. */
export function markedSecrets(): Record<string, unknown> {
  const named = SECRET_NAMES.map((name) => [name, marked(name)]);
  const forgeTokens = {
    "gitlab.com": `${MARK}-gitlab`,
    "src.fedoraproject.org": `${MARK}-pagure`,
  };
  return { ...Object.fromEntries(named), forgeTokens };
}

/** The marked value of one secret: a real one, which its readers could use, with the mark in the bytes of its key or name. */
export function marked(name: SecretName, owner: Owner = "anybody"): string {
  const key = `${name} ${owner}`;
  const value = known.get(key) ?? made(name, owner);
  known.set(key, value);
  return value;
}

function made(name: SecretName, owner: Owner): string {
  const number = OWNERS.indexOf(owner);
  const text = `${MARK}-${number}-${name}`;
  const makers = {
    text: () => text,
    content: () => text,
    token: () => text,
    word: () => text,
    // A UUID and a number cannot hold the mark; no text that is shown holds these either.
    uuid: () => `0badc0de-0bad-4bad-8bad-0badc0de0ba${number}`,
    digits: () => `1020304050607${number}`,
    sentryDsn: () => `https://${text}@sentry.example.com/1`,
    keytab: () =>
      encodedKeytab(
        [...ACCOUNTS, text].map((user) => `${user}@FEDORAPROJECT.ORG`),
        bytes(text),
      ),
    // All of them are made at once, below.
    certificate: () => "",
    tlsPrivateKey: () => pem(ecKey(text)),
    rsaPrivateKey: () => pem(rsaKey(text, owner)),
    sshPrivateKey: () => sshKey(text),
    copr: () =>
      `[copr-cli]\nlogin = ${text}\nusername = packit\ntoken = ${text}\ncopr_url = https://copr.example.com\n`,
  };
  return makers[CATALOGUE[name].form]();
}

/** 32 bytes that start with a text. */
function bytes(text: string): Buffer {
  return Buffer.alloc(32, text);
}

/** A key whose secret number is a text: any number below the curve's order does. */
function ecKey(text: string): KeyObject {
  // RFC 5915, for the curve P-256 and without the public key, which follows from the number.
  const head = Buffer.from("30310201010420", "hex");
  const curve = Buffer.from("a00a06082a8648ce3d030107", "hex");
  const der = Buffer.concat([head, bytes(text), curve]);
  return createPrivateKey({ key: der, format: "der", type: "sec1" });
}

/** A key one of whose primes starts with a text. Both primes are known ones, as looking for others takes long. */
function rsaKey(text: string, owner: Owner): KeyObject {
  const start = Buffer.concat([Buffer.from([0xff]), Buffer.alloc(123, text), Buffer.alloc(4)]);
  const p = BigInt(`0x${start.toString("hex")}`) + TO_PRIME[owner];
  const q = BigInt(`0x${getDiffieHellman("modp2").getPrime("hex")}`);
  const e = 65_537n;
  const d = inverse(e, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, base64Url(number)]));
  return createPrivateKey({ key: { kty: "RSA", ...jwk }, format: "jwk" });
}

/** What makes a prime of each owner's text: the least that does, found by trying. */
const TO_PRIME = {
  anybody: 861n,
  prod: 1331n,
  stage: 525n,
  "fedora-ci": 439n,
  "fedora-ci-stage": 383n,
} as const satisfies Record<Owner, bigint>;

/** The number that gives 1 with `value`, by Euclid's algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [r, next, x, after] = [modulus, value, 0n, 1n];
  while (next > 0n) [r, next, x, after] = [next, r % next, after, x - (r / next) * after];
  return ((x % modulus) + modulus) % modulus;
}

function base64Url(number: bigint): string {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url");
}

/** A key whose seed, and whose comment, are a text. */
function sshKey(text: string): string {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), bytes(text)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const parsed = sshpk.parsePrivateKey(pem(key), "pkcs8");
  parsed.comment = text;
  return parsed.toString("openssh");
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** A certificate of an owner's marked key, valid for a hundred years, with the mark in its name. */
async function certificate(owner: Owner): Promise<string> {
  const key = createPrivateKey(marked("tlsPrivateKey", owner));
  const publicKey = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
  const names = DOMAINS.flatMap((domain) => [domain, `*.${domain}`]);
  const name = [{ name: "organizationName", value: `${MARK}-tlsCertificate-of-${owner}` }];
  const { cert } = await generate(name, {
    keyType: "ec",
    algorithm: "sha256",
    keyPair: { privateKey: pem(key), publicKey },
    notBeforeDate: new Date("2025-01-01T00:00:00Z"),
    notAfterDate: new Date("2125-01-01T00:00:00Z"),
    extensions: [{ name: "subjectAltName", altNames: names.map((value) => ({ type: 2 as const, value })) }],
  });
  return `${cert.trim().replaceAll("\r", "")}\n`;
}

const known = new Map<string, string>();
for (const owner of OWNERS) known.set(`tlsCertificate ${owner}`, await certificate(owner));

/** Whether a text holds a marked secret: in plain, or in base64 that may stand on several lines, within base64 again. */
export function holdsMark(text: string): boolean {
  if (/0badc0de|1020304050607/.test(text) || text.includes(MARK)) return true;
  const joined = text.replaceAll(/\\n|\n/g, "");
  const words = joined.match(/[A-Za-z0-9+/]{8,}={0,2}/g) ?? [];
  return words.some(holdsInBase64);
}

/** Base64 can begin anywhere within a word that other text runs into. */
function holdsInBase64(word: string): boolean {
  return [0, 1, 2, 3].some((skipped) => {
    const inner = Buffer.from(word.slice(skipped), "base64").toString("latin1");
    const isText = /^[\n\x20-\x7e]*$/.test(inner);
    return isText ? holdsMark(inner) : inner.includes(MARK);
  });
}
