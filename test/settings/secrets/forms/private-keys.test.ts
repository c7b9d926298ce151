import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import sshpk from "sshpk";
import { describe, expect, it } from "vitest";
import { inForm } from "../../../../schema/secrets/form.ts";
import { faultOf, pkcs8, withChangedByte } from "../../../support/forms.ts";
import { marked } from "../../../support/marks.ts";

const KEYS = ["tlsPrivateKey", "githubAppPrivateKey", "sshPrivateKey"] as const;

const ed25519 = generateKeyPairSync("ed25519");
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const short = pkcs8(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey);
const odd = pkcs8(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey);
const long = pkcs8(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
const exchange = pkcs8(generateKeyPairSync("x25519").privateKey);
const lock = { format: "pem", cipher: "aes-256-cbc", passphrase: "x" } as const;
const locked = ec.privateKey.export({ type: "pkcs8", ...lock }).toString();
const lockedBefore = ec.privateKey.export({ type: "sec1", ...lock }).toString();
const publicKey = ec.publicKey.export({ type: "spki", format: "pem" }).toString();
const request = pkcs8(ec.privateKey).replaceAll("PRIVATE KEY", "CERTIFICATE REQUEST");
const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

const parsed = sshpk.parsePrivateKey(pkcs8(ed25519.privateKey), "pkcs8");
parsed.comment = "packit@example";
const openSsh = parsed.toString("openssh");
const lockedSsh = parsed.toBuffer("openssh", { passphrase: "x" }).toString();

describe("a private key", () => {
  it.each([
    ["encrypted", locked, /encrypted with a passphrase/],
    ["encrypted in the older way", lockedBefore, /encrypted with a passphrase/],
    ["a public one", publicKey, /^a public key/],
    ["a public one of OpenSSH", parsed.toPublic().toString("ssh"), /^a public key/],
    ["a certificate", marked("tlsCertificate"), /^a certificate/],
    ["a request for a certificate", request, /^a request/],
    ["parameters without a key", parameters, /^parameters without a key/],
    ["two of them", pkcs8(ec.privateKey) + pkcs8(ed25519.privateKey), /^2 blocks of PEM/],
    ["beside its certificate", pkcs8(ec.privateKey) + marked("tlsCertificate"), /^2 blocks of PEM/],
    ["cut off", pkcs8(ec.privateKey).slice(0, 120), /cut off/],
    ["without its line ends", pkcs8(ec.privateKey).replaceAll("\n", " "), /damaged/],
    ["with line ends that are written out", pkcs8(ec.privateKey).replaceAll("\n", "\\n"), /damaged/],
    ["a line short", short.split("\n").toSpliced(3, 1).join("\n"), /cannot read/],
    ["in PuTTY's form", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", /PuTTY's form/],
    ["too short", short, /RSA key of 1024 bits/],
    ["on a curve that its readers do not know", odd, /curve|another kind/],
    // Its modulus is not that of its primes.
    ["not one number's", withChangedByte(long, 60), /does not fit itself|cannot read/],
    ["for an exchange alone", exchange, /another kind/],
  ])("is refused where it is %s", (_, value, fault) => {
    for (const name of KEYS) expect(faultOf(name, value), name).toMatch(fault);
  });

  it.each([
    "k",
    "A",
  ] as const)("of OpenSSH is read whose part %s begins with a zero, as one in 512 does", (part) => {
    const text = startingWithZero(part).toString("openssh");
    expect(inForm(text, "sshPrivateKey")).toMatchObject({ value: expect.stringContaining("OPENSSH") });
  });

  it.each([
    ["tlsPrivateKey", openSsh, /in OpenSSH's own form/],
    ["githubAppPrivateKey", openSsh, /in OpenSSH's own form/],
    ["githubAppPrivateKey", pkcs8(ec.privateKey), /of another kind than rsa/],
    ["sshPrivateKey", lockedSsh, /encrypted with a passphrase/],
    // Its public half is that of another private one.
    ["tlsPrivateKey", withChangedByte(pkcs8(ec.privateKey), 40), /does not fit itself/],
    ["sshPrivateKey", withChangedByte(pkcs8(ec.privateKey), 40), /does not fit itself/],
    ["sshPrivateKey", openSsh.replace(/\n.{8}/, "\n"), /cannot read/],
    // Its last number says how its primes belong together.
    ["githubAppPrivateKey", withChangedByte(marked("githubAppPrivateKey"), 300), /damaged|cannot read/],
  ] as const)("is refused as %s where only that one's reader cannot use it", (name, value, fault) => {
    expect(faultOf(name, value)).toMatch(fault);
  });

  it("is told how the passphrase is taken off", () => {
    expect(inForm(locked, "tlsPrivateKey")).toHaveProperty("remedy", expect.stringContaining("openssl pkey"));
    expect(inForm(lockedSsh, "sshPrivateKey")).toHaveProperty(
      "remedy",
      expect.stringContaining("ssh-keygen -p"),
    );
  });

  it("may have its curve's parameters before it, spaces in and text around it, none of which is passed on", () => {
    const value = ec.privateKey.export({ type: "sec1", format: "pem" }).toString();
    const given = `Bag Attributes\n  name: x\n${parameters}${value.replaceAll("\n", " \n\n ")}the end\n`;
    for (const name of ["tlsPrivateKey", "sshPrivateKey"] as const)
      expect(inForm(given, name)).toEqual({ value });
  });

  it("of OpenSSH is refused with any bit of it changed, but for its comment", () => {
    const bytes = Buffer.from(openSsh.split("-----")[2] ?? "", "base64");
    const comment = bytes.lastIndexOf(parsed.comment ?? "");
    const place = fc.integer({ min: 0, max: bytes.length - 1 });
    const isComment = (at: number) => at >= comment && at < comment + "packit@example".length;
    fc.assert(
      fc.property(
        place.filter((at) => !isComment(at)),
        (at) => faultOf("sshPrivateKey", withChangedByte(openSsh, at)) !== undefined,
      ),
    );
    expect(faultOf("sshPrivateKey", withChangedByte(openSsh, comment))).toBeUndefined();
  });
});

/** A key of Ed25519 whose secret or public half begins with a zero that a number would not need. */
function startingWithZero(part: "k" | "A"): sshpk.PrivateKey {
  for (;;) {
    const { privateKey } = generateKeyPairSync("ed25519");
    const { d = "", x = "" } = privateKey.export({ format: "jwk" });
    const [first, second = 255] = Buffer.from(part === "k" ? d : x, "base64url");
    if (first === 0 && second < 0x80) return sshpk.parsePrivateKey(pkcs8(privateKey), "pkcs8");
  }
}
