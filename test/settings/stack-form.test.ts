import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStackFile, StackFile } from "../../settings/stack-file.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MARK } from "../support/marks.ts";

describe("Pulumi.<stack>.yaml", () => {
  it.each([
    ["config:\n  maintenance: true\n", "f:2  maintenance has no prefix. Write it as packit:maintenance."],
    ["config:\n  packit:a: x\n  a: y\n", "f:3  a has no prefix"],
    [
      "config:\n  packit:config:a: x\n",
      "f:2  packit:config:a has more than one prefix. Write it as packit:a.",
    ],
    ["config:\n  1: x\n", "f:2  1 as a key looks like a number"],
    ["confg:\n  packit:a: x\n", "f:1  confg is an unknown key. Did you mean config?"],
    ["packit:a: x\n", "f:1  packit:a is an unknown key. It may hold config, secretsprovider, encryptedkey"],
    ["- packit:a\n", "f:1  is no map. It may hold config"],
    ["packit\n", "f:1  is no map"],
    ["config: [packit:a]\n", "f:1  config is no map. It needs keys that start with packit: below it."],
    ["config: text\n", "f:1  config is no map"],
    ["config: 0\n", "f:1  config is no map"],
    [
      "config:\n  packit:a: '{\"b\": 1}'\n",
      "f:2  packit:a is a map or a list in quotes. Write it without quotes.",
    ],
    ["config:\n  packit:a: '[]'\n", "is a map or a list in quotes"],
    [Buffer.from("\ufeffconfig: {}\n", "utf16le"), "f is not UTF-8 text. Save it as UTF-8."],
    [Buffer.from("config: {}\n", "utf16le"), "f:1  has the character U+0000"],
    [Buffer.from("config: {}\n", "latin1").fill(0xe9, 9, 10), "f is not UTF-8 text"],
  ])("is refused as %j", (text, message) => {
    expect(() => new StackFile("f", text)).toThrow(message);
  });

  it.each([
    ["", {}],
    ["# nothing yet\n", {}],
    ["config:\n", {}],
    ["config: {}\n", {}],
    ["encryptionsalt: v1:x\n", {}],
    [
      "secretsprovider: passphrase\nencryptedkey: x\nenvironment:\n  - packit\nconfig:\n  packit:a: x\n",
      { a: "x" },
    ],
    ["\ufeffconfig:\n  packit:a: x\n", { a: "x" }],
    ["---\nconfig:\r\n  packit:a: x\r\n", { a: "x" }],
    ["config:\n  packit:a: '[x'\n  other:b: '{}'\n  other:c: 010\n", { a: "[x" }],
  ])("is read as %j", (text, values) => {
    expect(new StackFile("f", text).values()).toEqual(values);
  });

  it("is refused with all that is wrong with its form", () => {
    const text = "confg: {}\nconfig:\n  one: 1\n  packit:b: x\n  two: 2\n";
    expect(() => new StackFile("f", text)).toThrow(/^f:1 .*confg.*\nf:3 .*one.*\nf:5 .*two/);
  });
});

describe("Pulumi.yaml", () => {
  it.each([
    ["", "Pulumi.yaml:1  holds nothing. It needs name: packit."],
    ["name: other\n", "Pulumi.yaml:1  needs name: packit."],
    ["config: {}\n", "needs name: packit."],
    ["name: packit\nstackConfigDir: stacks\n", "Pulumi.yaml:2  stackConfigDir is an unknown key."],
    ["name: packit\nconfg: {}\n", "Pulumi.yaml:2  confg is an unknown key. Did you mean config?"],
    ["name: packit\nconfig: stacks\n", "config is no map"],
    ["config:\n  fedoraCi: {}\n", "Pulumi.yaml:2  fedoraCi has no prefix. Write it as packit:fedoraCi."],
    [
      "config:\n  packit:fedoraCi: x\n",
      "Pulumi.yaml:2  packit:fedoraCi needs a map with default: and its value",
    ],
    ["config:\n  packit:fedoraCi: { value: 1 }\n", "needs a map with default:"],
    ["config:\n  packit:a: { type: object, default: {} }\n", "packit:a.type is not known to this program."],
    ["config:\n  packit:a: { secret: true, default: {} }\n", "packit:a.secret is not known"],
    ["config:\n  packit:a: { default: '{}' }\n", "packit:a is a map or a list in quotes"],
    ["config:\n  packit:a: { default: { 15: x } }\n", 'packit:a.default["15"] as a key looks like a number'],
    ["config:\n  packit:a: { default: { b: 2026-12-1 } }\n", "packit:a.default.b looks like a time"],
  ])("is refused as %j", (text, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "Pulumi.yaml"), text);
    writeFileSync(join(folder, "Pulumi.stage.yaml"), "");
    expect(() => readStackFile(folder, "stage")).toThrow(message);
  });
});

describe("a value that is not sure to be what was written", () => {
  const numbers = [
    "010",
    "0700",
    "08",
    "0x1F",
    "0X1f",
    "0o17",
    "0b101",
    "-0b1",
    "1_000",
    "+1",
    "-0",
    "1.10",
    "1.0",
    "1.",
    ".5",
  ];
  const more = ["1e3", "1E3", ".inf", "-.INF", ".nan", "0.10e1", "12345678901234567890", "0b-1", "1__0.5"];
  const times = ["2026-1-2", "2026-12-01T10:00:00Z", "2026-12-01 10:00:00", "2026-12-01t1:2:3.5+02:00"];
  const words = ["True", "FALSE", "null", "~", "Null", ""];
  const marks = ["!!str 010", "! x", "&a x", "&a", "!x y"];
  const quoted = ['"a\\/b"', '"\\uD83D\\uDE00"', '"2026-12-01 00:00:00 +0000 UTC"', '"\\nx"', "|\n\n      x"];

  it.each([
    ...numbers,
    ...more,
    ...times,
    ...words,
    ...marks,
    ...quoted,
  ])("is refused where it stands, as %s", (text) => {
    const file = `config:\n  packit:a:\n    b:\n    - ${text}\n`;
    expect(() => new StackFile("f", file)).toThrow(/^f:4 {2}packit:a\.b\[0\] [a-z]/);
  });

  it.each([
    ...[
      "true",
      "false",
      "0",
      "-7",
      "15",
      "0.5",
      "2026-12-01",
      "yes",
      "no",
      "on",
      "y",
      "4Gi",
      "100m",
      "8h",
      "1.2.3.4",
      "_1",
    ],
    ...["0 2 * * 0", "7be0b1f", "1.x", "0xyz", "08:30", "a: b".replace(": ", ":"), "quay.io/a/b:1"],
    ...[
      "'010'",
      '"1.10"',
      "'null'",
      "''",
      '"a\\nb"',
      "'it''s'",
      "|\n      a\n       b",
      ">-\n      a\n      b",
    ],
  ])("is read where it is sure: %s", (text) => {
    expect(() => new StackFile("f", `config:\n  packit:a: ${text}\n`).values()).not.toThrow();
  });

  it.each([
    ["    010: x", 'packit:a["010"]'],
    ["    1.5: x", "as a key looks like a number"],
    ["    True: x", "as a key looks like a switch"],
    ["    null: x", "as a key has no value"],
    ["    2026-12-01: x", "as a key looks like a time"],
    ["    <<: { b: x }", "as a key looks like a merge"],
    ["    &a b: x", "has an anchor or a tag"],
    ["    !!str b: x", "has an anchor or a tag"],
    ["    15: x\n    '15': y", 'packit:a["15"] as a key looks like a number'],
    ["    [b]: x", "has a key that is no text"],
    ["    ? b\n    : x", "has its colon on another line"],
    ["    b: { ?c: x }", "has a : or ? where it means more"],
    ["    b: [:c d]", "has a : or ? where it means more"],
    ["    b: x\t", "f:3  has a tab. Write spaces."],
    ["    b: x\u0085", "f:3  has the character U+0085"],
    ["    b: x\u2028y", "f:3  has the character U+2028"],
    ["    b: x\ry", "f:3  has a line that ends with a carriage return alone"],
    ["    b: x\n...\n", "f:4  starts with % or ..."],
  ])("is refused for its key or its surroundings: %j", (text, message) => {
    expect(() => new StackFile("f", `config:\n  packit:a:\n${text}\n`)).toThrow(message);
  });

  it.each(["%YAML 1.1\n---\n", "%TAG !e! tag:example.com,2000:\n---\n"])("is refused after %j", (head) => {
    expect(() => new StackFile("f", `${head}config:\n  packit:a: yes\n`)).toThrow("f:1  starts with %");
  });

  it("is never shown: it can be a secret", () => {
    for (const text of [
      `&${MARK} x`,
      `!${MARK} x`,
      `*${MARK}`,
      `"${MARK}\\/"`,
      `"${MARK}`,
      `{ ${MARK}`,
      `\t${MARK}`,
    ]) {
      const read = () => new StackFile("f", `config:\n  packit:secrets:\n    copr: ${text}\n`);
      expect(read).toThrow(/^f:/);
      expect(read).not.toThrow(MARK);
    }
  });

  it("is left to its own reader where it is another's", () => {
    const text = "config:\n  other:a: { b: 010, c: ~ }\n  packit:a: x\nenvironment: [010]\n";
    expect(new StackFile("f", text).values()).toEqual({ a: "x" });
  });
});

describe("broken YAML", () => {
  it.each([
    ["config:\n  packit:a: [x\n  packit:b: y\n", /^f:\d {2}is no valid YAML: [a-z].*\.$/],
    ['config:\n  packit:a: "x\n  packit:b: y\n', /^f:\d {2}is no valid YAML: .*\.$/],
    ["config:\n  packit:a: b: c\n", /^f:2 {2}is no valid YAML: there is a second colon/],
    ["config:\n  packit:a: x\n  packit:a: y\n", /^f:3 {2}is no valid YAML: the key stands twice/],
    ["config:\n   packit:a: x\n  packit:b: y\n", /^f:3 {2}is no valid YAML: .*\.$/],
    ["config: {}\n---\nconfig: {}\n", /^f:2 {2}is no valid YAML: there is a second document/],
    [
      "config:\n  packit:a: @x\n",
      /^f:2 {2}is no valid YAML: a value starts with a character that must be quoted/,
    ],
  ])("is refused with the first of its mistakes, in words: %j", (text, message) => {
    expect(() => new StackFile("f", text)).toThrow(message);
  });
});
