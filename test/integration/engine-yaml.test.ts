import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../errors.ts";
import { handedOver } from "../../settings/engine-value.ts";
import { PREFIX, StackFile } from "../../settings/stack-file.ts";
import { yamlForEngine } from "../../settings/yaml-writing.ts";
import { ROOT } from "../support/stacks.ts";
import { type EngineReading, engineYaml } from "./engine-yaml.ts";

const engine = await engineYaml();

/** What a scalar may start with, hold or end with that one of the two readers makes something else of. */
const PIECES = [
  ..."01789_.+-:?#,=%@`!&*|>~'\"[]{}\\ \t\n",
  ...[
    "0x",
    "0b",
    "0o",
    "e",
    "E",
    "a",
    "f",
    ".inf",
    ".NaN",
    "true",
    "True",
    "null",
    "Null",
    "yes",
    "<<",
    "secure",
  ],
  ...["2026-12-01", "T10:00:00Z", " 10:00:00", ": ", " #", "- ", "? ", "&a ", "!!str ", "4Gi", "*/5 * * * *"],
  ...[
    "\\x41",
    "\\/",
    "\\\n",
    "\n      ",
    "\n\n",
    "''",
    '"q"',
    "...",
    "---",
    "\n---\n",
    "\n...\n",
    "\r",
    "\r\n",
  ],
  ...["é", "\u00a0", "😀", "\ufeff", "\u2028", "\u0085", "\u007f"],
];

const written = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join("")),
  fc.string({ unit: fc.constantFrom(..."0123456789_xXbBoOeE.+-:TZ aAf"), maxLength: 12 }),
);

/** A setting, in every place and style in which scalars can stand. */
const setting = fc
  .tuple(written, written, fc.constantFrom("", "-", "+"))
  .chain(([one, two, chomp]) =>
    fc.constantFrom(
      `a: ${one}`,
      `b:\n    - ${one}\n    - ${two}`,
      `c:\n    ${one}: ${two}\n    z: 1`,
      `d: { ${one}: ${two}, z: [${one}, ${two}] }`,
      `e: |${chomp}\n    ${one}\n     ${two}`,
      `f: >${chomp}\n    ${one}\n    ${two}`,
      `g: "${one}\n    ${two}"`,
      `h: '${one}\n    ${two}'`,
      `i: x\n  ${one}: x`,
    ),
  )
  .map((text) => `  ${PREFIX}${text}\n`);

const file = fc
  .array(setting, { minLength: 1, maxLength: 2 })
  .map((settings) => `config:\n${settings.join("")}`);

/** What the engine itself loses when it writes a file anew, or hands over as something else; and its own line breaks. */
const LOST = /"\\n|\\n.*\\t|\\t.*\\n|[\u2028\u2029]| 00:00:00 \+0000 UTC|T00:00:00Z|^"[[{]/;

const anyText = fc.oneof(written, fc.string({ unit: "binary", maxLength: 8 }));
const leaf = fc.oneof(anyText, fc.boolean(), fc.maxSafeInteger());
const anyValue = fc
  .oneof(leaf, fc.array(leaf), fc.dictionary(fc.stringMatching(/^[a-z]\w*$/), leaf))
  .filter((value) => !LOST.test(JSON.stringify(value)));

describe.skipIf(engine.missing)("a stack file, to the YAML of Pulumi's engine", () => {
  it("says the same, or is refused", async () => {
    const texts = fc.sample(file, 3000);
    const accepted = texts.flatMap((text) => {
      const values = outcome(text);
      return typeof values === "string" ? [] : [{ text, values }];
    });
    const readings = await engine.read(accepted.map(({ text }) => text));
    // What is compared is not only what is plain.
    expect(accepted.length).toBeGreaterThan(texts.length / 5);
    const different = accepted.filter(({ values }, i) => !isSame(values, readings[i]));
    expect(different.slice(0, 3)).toEqual([]);
  });

  it("is accepted as Pulumi writes it, whatever the value", async () => {
    const values = fc.sample(anyValue, 1000);
    const texts = await engine.write(values);
    const wrong = texts.flatMap((one, i) => {
      const read = outcome(one);
      return typeof read === "object" && isSame(read, handed(values[i])) ? [] : [{ one, read }];
    });
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it("is read as this program writes it for the engine", async () => {
    const values = fc.sample(anyValue, 1000);
    const texts = values.map((value) => yamlForEngine({ config: { [`${PREFIX}value`]: value } }));
    const readings = await engine.read(texts);
    const wrong = texts.filter((_, i) => !isSame({ value: values[i] }, readings[i]));
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it.each([
    "stage",
    "prod",
    "fedora-ci",
    "fedora-ci-stage",
  ])("is read alike as Pulumi.%s.yaml", async (stack) => {
    const text = readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8");
    const [reading] = await engine.read([text]);
    expect(isSame(new StackFile("f", text).values(), reading)).toBe(true);
  });
});

/** A value as the engine hands it over. */
function handed(value: unknown): EngineReading {
  return { config: { [`${PREFIX}value`]: typeof value === "string" ? value : JSON.stringify(value) } };
}

/** What a text says, or why it is refused. */
function outcome(text: string): Record<string, unknown> | string {
  try {
    return new StackFile("Pulumi.test.yaml", text).values();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function isSame(values: Record<string, unknown>, reading: EngineReading | undefined): boolean {
  const own = Object.entries(reading?.config ?? {}).filter(([key]) => key.startsWith(PREFIX));
  const theirs = own.map(([key, text]) => [key.slice(PREFIX.length), handedOver(text)] as const);
  // A number or a switch arrives as text; the schema makes of both what the setting wants.
  const mine = Object.entries(values).map(
    ([key, value]) => [key, typeof value === "object" ? value : String(value)] as const,
  );
  return reading?.error === undefined && isDeepStrictEqual(plain(mine), plain(theirs));
}

/** As JSON has it, whatever the order and the prototypes. */
function plain(entries: readonly (readonly [string, unknown])[]): unknown {
  return JSON.parse(JSON.stringify(Object.fromEntries(entries)));
}
