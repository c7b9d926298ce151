import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodedKeytab } from "../../schema/secrets/forms/keytab.ts";
import { temporaryFolder } from "../support/folder.ts";
import { faultOf, withChangedByte } from "../support/forms.ts";
import { marked } from "../support/marks.ts";
import { tool } from "./tools.ts";

const LIMIT = { timeout: 60_000 };

const klist = await tool("klist");
const python = await tool("python");
const has = (program: string, asked: string) => spawnSync(program, [asked]).error === undefined;
const [hasSsh, hasOpenssl] = [has("ssh-keygen", "-?"), has("openssl", "version")];

describe.skipIf(!hasSsh)("an SSH key, to OpenSSH", LIMIT, () => {
  it.each([
    ["ed25519", ["-t", "ed25519"]],
    ["ecdsa", ["-t", "ecdsa", "-b", "384"]],
    ["rsa", ["-t", "rsa", "-b", "2048"]],
    ["without a comment", ["-t", "ed25519", "-C", ""]],
    ["with a comment of any words", ["-t", "ed25519", "-C", "packit, ключ"]],
    ["rsa in PEM", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
    ["ecdsa in PKCS #8", ["-t", "ecdsa", "-m", "PKCS8"]],
  ])("is taken as it makes it: %s; and refused with a passphrase", (_, args) => {
    expect(faultOf("sshPrivateKey", sshKeygen(args, ""))).toBeUndefined();
    expect(faultOf("sshPrivateKey", sshKeygen(args, "secret"))).toMatch(/encrypted with a passphrase/);
  });

  it("is taken only where it reads it, however it is damaged", () => {
    const file = join(temporaryFolder(), "key");
    const isRead = (key: string) => {
      writeFileSync(file, key, { mode: 0o600 });
      return spawnSync("ssh-keygen", ["-y", "-P", "", "-f", file]).status === 0;
    };
    const key = marked("sshPrivateKey");
    expect(isRead(key)).toBe(true);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 270 }), (at) => {
        const damaged = withChangedByte(key, at);
        return faultOf("sshPrivateKey", damaged) !== undefined || isRead(damaged);
      }),
      { numRuns: 60 },
    );
  });

  function sshKeygen(args: readonly string[], passphrase: string): string {
    const file = join(temporaryFolder(), "key");
    execFileSync("ssh-keygen", ["-q", "-N", passphrase, "-f", file, ...args]);
    return readFileSync(file, "utf8");
  }
});

describe.skipIf(!hasOpenssl)("a key and a certificate, as OpenSSL makes them", LIMIT, () => {
  const openssl = (...args: readonly string[]) =>
    execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

  it("are taken or refused by what they are", () => {
    const folder = temporaryFolder();
    const file = join(folder, "key.pem");
    writeFileSync(file, openssl("ecparam", "-name", "prime256v1", "-genkey"), { mode: 0o600 });
    expect(faultOf("tlsPrivateKey", readFileSync(file, "utf8"))).toBeUndefined();
    const locked = openssl("pkcs8", "-topk8", "-in", file, "-passout", "pass:secret");
    expect(faultOf("tlsPrivateKey", locked)).toMatch(/encrypted with a passphrase/);
    expect(faultOf("tlsPrivateKey", openssl("pkey", "-in", file, "-pubout"))).toBe("a public key");
    const subject = ["-key", file, "-subj", "/CN=stg.example.com"];
    expect(faultOf("tlsCertificate", openssl("req", "-new", ...subject))).toMatch(
      /a request for a certificate/,
    );
    const named = openssl("req", "-x509", ...subject);
    // A name without an alternative one is none to browsers.
    expect(faultOf("tlsCertificate", named, { hosts: ["stg.example.com"] })).toMatch(/does not cover/);
    const names = ["-addext", "subjectAltName=DNS:*.example.com"];
    const covering = openssl("req", "-x509", ...subject, ...names, "-text");
    expect(faultOf("tlsCertificate", covering, { hosts: ["stg.example.com"] })).toBeUndefined();
  });
});

describe.skipIf(klist.missing)("a keytab, to Kerberos", LIMIT, () => {
  it("is taken only where it lists the account, however it is damaged", async () => {
    const principal = "packit-stg@FEDORAPROJECT.ORG";
    const value = encodedKeytab(["HTTP/stg.packit.dev@X", principal], Buffer.alloc(32, 7));
    const file = join(temporaryFolder(), "keytab");
    const lists = async (bytes: Buffer) => {
      writeFileSync(file, bytes);
      const { stdout } = await klist.run(["-k", file]);
      return stdout.split("\n").some((line) => line.trim().endsWith(` ${principal}`));
    };
    const bytes = Buffer.from(value, "base64");
    expect(await lists(bytes)).toBe(true);
    const place = fc.integer({ min: 2, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const isTaken = faultOf("keytab", damaged.toString("base64"), { hosts: [], principal }) === undefined;
        return !isTaken || (await lists(damaged));
      }),
      // The key of the first one has no length there: nothing is read after that.
      { numRuns: 60, examples: [[45, 32]] },
    );
  });
});

describe.skipIf(python.missing)("Copr's file, to Python's configparser", LIMIT, () => {
  it("is taken only where it reads the same values, whatever lines there are", async () => {
    const good = ["[copr-cli]", "login = a", "username: b", "TOKEN=c", "copr_url = https://copr.example.com"];
    const odd = [
      "",
      "# x",
      ";x",
      "  ; x",
      "[x]",
      "[copr-cli]",
      "login",
      " x",
      "=y",
      "token = %(login)s",
      "login=",
      "a = b = c",
      "[",
      "[]",
      "x] = y",
      "\tx = y",
    ];
    const texts = fc.sample(
      fc
        .tuple(fc.array(fc.constantFrom(...odd), { maxLength: 2 }), fc.nat(), fc.nat())
        .map(([lines, at, skip]) =>
          good
            .filter((_, i) => i !== skip % 20)
            .toSpliced(at % 6, 0, ...lines)
            .join("\n"),
        ),
      400,
    );
    const taken = texts.filter((text) => faultOf("copr", text) === undefined);
    expect(taken.length).toBeGreaterThan(20);
    const program = `
import configparser, json, sys
def read(text):
    config = configparser.ConfigParser()
    config.read_string(text)
    return {name: config["copr-cli"].get(name) for name in ["login", "username", "token"]}
print(json.dumps([read(text) for text in json.load(sys.stdin)]))`;
    const { stdout } = await python.run(["-c", program], { input: JSON.stringify(taken) });
    expect(new Set(stdout.match(/\{.*?\}/g))).toEqual(
      new Set(['{"login": "a", "username": "b", "token": "c"}']),
    );
  });
});

describe.skipIf(python.missing)("Sentry's DSN, to its SDK", LIMIT, () => {
  it("is taken only where it reads it, whatever it is made of", async () => {
    const part = (...values: readonly string[]) => fc.constantFrom("", ...values);
    const texts = fc.sample(
      fc
        .tuple(
          part("https://", "http://", "ftp://", "//"),
          part("key@", "key:secret@", "@", ":@", "k%y@"),
          part("o1.example.com", "sentry:9000", "h:x", "h:99999"),
          part("/", "/a/b"),
          part("/1", "/x", "/1/", "1", "/1?a=b", "/1#c", "/٣"),
        )
        .map((parts) => parts.join("")),
      3000,
    );
    const taken = texts.filter((text) => faultOf("sentryDsn", text) === undefined);
    expect(new Set(taken).size).toBeGreaterThan(5);
    const program = `
import json, sys
from sentry_sdk.utils import Dsn
print(len([Dsn(text) for text in json.load(sys.stdin)]))`;
    const { stdout } = await python.run(["-c", program], { input: JSON.stringify(taken) });
    expect(Number(stdout)).toBe(taken.length);
  });
});
