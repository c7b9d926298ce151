import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOGUE, SECRET_NAMES, type SecretName } from "../../../components/catalogue.ts";
import { UserError } from "../../../errors.ts";
import { isBytes } from "../../../schema/secrets/form.ts";
import { loadSettings } from "../../../settings/load.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { sharesText } from "../../support/forms.ts";
import { holdsMark, MARK, marked } from "../../support/marks.ts";
import { type Changes, configOf, ROOT, settingsOf } from "../../support/stacks.ts";

const OTHERS_KEY = { tlsPrivateKey: marked("tlsPrivateKey", "prod") };

describe("secrets that must fit", () => {
  it("are refused as a key of another certificate", () => {
    expect(refusal({ secrets: OTHERS_KEY })).toMatch(
      /tlsPrivateKey\n {4}given {4}the key of another certificate/,
    );
  });

  it("are refused as a certificate without a host that the pods serve, and taken without one that they do not", () => {
    const hosts = { workers: "workers.example.org" };
    for (const part of ["service", "dashboard", "workers"])
      expect(refusal({ hosts: { [part]: `${part}.example.org` } })).toContain(
        `a certificate that does not cover ${part}.example.org\n`,
      );
    expect(() => settingsOf("stage", { hosts, withNginx: false, withFlower: false })).not.toThrow(/cover/);
    expect(() => settingsOf("stage", { hosts, platform: "openshift", tls: "reencrypt" })).not.toThrow();
    const redis = { withRedisCommander: true, hosts: { redisCommander: "redis.example.org" } };
    expect(() => settingsOf("stage", redis)).not.toThrow();
    expect(refusal({ ...redis, platform: "kubernetes" })).toContain("does not cover redis.example.org");
  });

  it("are not held against a setting that is wrong itself", () => {
    expect(refusal({ hosts: { workers: "https://workers" } })).not.toContain("cover");
    expect(refusal({ identity: { fasUser: " x" } })).not.toContain("keytab");
  });

  it("are refused as a keytab without a key of the account", () => {
    const packitConfig = { kerberos_realm: "STG.FEDORAPROJECT.ORG" };
    expect(refusal({ packitConfig })).toContain("without a key of packit-stg@STG.FEDORAPROJECT.ORG");
  });
});

describe("a secret that a setting asks for", () => {
  it.each<[SecretName, Changes]>([
    ["splunkToken", { withFluentdSidecar: true, fluentd: { splunkHost: "splunk.example.com" } }],
    ["githubAppId", {}],
    ["githubAppPrivateKey", {}],
    ["copr", {}],
    ["tlsCertificate", {}],
    ["tlsPrivateKey", {}],
    ["awsAccessKeyId", { withBackup: true }],
    ["awsSecretAccessKey", { withBackup: true }],
  ])("is named where it is missing: %s", (name, changes) => {
    expect(refusal({ ...changes, secrets: { [name]: undefined } })).toMatch(
      new RegExp(`packit:secrets\\.${name}\n {4}given {4}nothing\n`),
    );
  });
});

describe("an optional secret that a disposable stack was not given", () => {
  const load = (secrets: Changes, changes: Changes = {}) =>
    loadSettings(
      { stack: "stage", values: { ...configOf("stage").values, withBackup: false, ...changes, secrets } },
      { kind: "given", root: ROOT, standIn: (name) => `stand-in-${name}` },
    ).secrets;

  it("is left out, and what is needed is made up", () => {
    const secrets = load({});
    const missing = SECRET_NAMES.filter((name) => secrets[name] === undefined);
    // Of parts that stage has not.
    const others: readonly SecretName[] = ["splunkToken", "imageRegistryToken"];
    const isOptional = (name: SecretName) =>
      ["optional", "generated"].includes(CATALOGUE[name].needed) || others.includes(name);
    expect(missing).toEqual(SECRET_NAMES.filter(isOptional));
    expect(secrets.keytab.reveal()).toBe("stand-in-keytab");
    expect(load({}, { withBackup: true }).awsAccessKeyId?.reveal()).toBe("stand-in-awsAccessKeyId");
  });

  it.each([
    ["awsAccessKeyId", "awsSecretAccessKey"],
    ["githubAppId", "githubAppPrivateKey"],
    ["tlsPrivateKey", "tlsCertificate"],
  ] as const)("is no half of a pair: with %s, %s is asked for", (given, missing) => {
    for (const [one, other] of [
      [given, missing],
      [missing, given],
    ] as const)
      expect(() => load({ [one]: marked(one) })).toThrow(`packit:secrets.${other}\n    given    nothing`);
  });
});

describe("a half of a pair of secrets", () => {
  it("is not left out where the other one is given", () => {
    const message = refusal({ withBackup: false, secrets: { awsAccessKeyId: { leftOut: "none" } } });
    expect(message).toContain("both awsAccessKeyId and awsSecretAccessKey, or none");
  });
});

describe("a secret", () => {
  it.each([
    [{ file: "Pulumi.yaml", leftOut: "none" }, "file and leftOut together"],
    [{ leftOut: "none", secure: "v1:x" }, "leftOut and secure together"],
    [{ file: "a", secure: "v1:x", leftOut: "" }, "file and leftOut and secure together"],
    [{ file: "Pulumi.yaml", encoding: "base64" }, "something else"],
    [{ leftOut: " " }, "something else"],
    [{ file: ["a"] }, "something else"],
    [{ file: { secure: "v1:x" } }, "something else"],
    [{}, "something else"],
    [null, "something else"],
    ["", "an empty value"],
    [{ secure: "v1:x" }, "a value that nobody has decrypted"],
  ])("is refused as %j", (sentryDsn, fault) => {
    const message = refusal({ secrets: { sentryDsn } });
    expect(message).toContain(`packit:secrets.sentryDsn\n    given    ${fault}\n`);
    expect(message).toContain("1 setting is wrong");
  });
});

describe("a secret's file", () => {
  it.each([
    ["empty", (path: string) => writeFileSync(path, ""), /an empty file, .*the-file/],
    ["a folder", (path: string) => mkdirSync(path), /a folder, .*the-file/],
    ["a pipe", (path: string) => execaSync("mkfifo", [path]), /no regular file, .*the-file/],
    [
      "far too long",
      (path: string) => writeFileSync(path, "x".repeat(200_000)),
      /more than 128 KiB, .*the-file/,
    ],
    ["not there", () => {}, /cannot be read \(ENOENT\)\n/],
  ])("is told to be %s, by its path where something is there", (_, prepare, fault) => {
    const file = join(temporaryFolder(), "the-file");
    prepare(file);
    for (const name of ["keytab", "copr"]) expect(refusal({ secrets: { [name]: { file } } })).toMatch(fault);
  });

  it("is told to be no text, but for a keytab", () => {
    const file = join(temporaryFolder(), "the-file");
    writeFileSync(file, Buffer.from("t\xf6ken", "latin1"));
    expect(refusal({ secrets: { fasPassword: { file } } })).toMatch(/no text in UTF-8, .*the-file/);
    expect(refusal({ secrets: { keytab: { file } } })).toMatch(/no keytab/);
  });

  it("may start with the mark of editors, which is no part of it", () => {
    const file = join(temporaryFolder(), "the-file");
    writeFileSync(file, `\ufeff${marked("copr")}`);
    expect(settingsOf("stage", { secrets: { copr: { file } } }).secrets.copr?.reveal()).toBe(marked("copr"));
  });

  it("is not named where a value stands in its place", () => {
    for (const name of SECRET_NAMES) {
      const message = refusal({ secrets: { [name]: { file: marked(name) } } });
      expect(message).toMatch(/a file that cannot be read/);
      expect(holdsMark(message), name).toBe(false);
    }
  });
});

describe("an error", () => {
  it("holds nothing of a secret, whatever stands in its place and however it is given", () => {
    const folder = temporaryFolder();
    fc.assert(
      fc.property(
        fc.constantFrom(...SECRET_NAMES),
        fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
        fc.constantFrom("value", "file", "path", "list", "number"),
        (name, noise, how) => {
          const value = `${noise}${MARK}${marked(name)}${noise}`;
          const file = join(folder, "secret");
          if (how === "file") writeFileSync(file, isBytes(CATALOGUE[name].form) ? Buffer.from(value) : value);
          const given = {
            value,
            file: { file },
            path: { file: value },
            list: [value],
            number: { [value]: 1 },
          }[how];
          const message = refusal({ secrets: { [name]: given } });
          expect(holdsMark(message)).toBe(false);
          if ([...noise].length >= 8) expect(sharesText(message, noise)).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** What is said of a stack with changes; nothing where it is taken. */
function refusal(changes: Changes): string {
  try {
    settingsOf("stage", changes);
    return "";
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
