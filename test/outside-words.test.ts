import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "./support/stacks.ts";

/** The programs that take a word with a dash before it for an option. */
const PROGRAMS = ["git", "oc", "kubectl", "docker", "npm"];

/** Options after which a word is their value, whatever it looks like. */
const VALUED = [
  ...["-C", "-c", "-n", "--kubeconfig", "--context", "--namespace", "--container"],
  ...["--file", "--build-arg", "--tag", "--label", "--username"],
];

/** Words whose form is seen to elsewhere: Kubernetes begins no name with a dash. */
const HELD = ["pod"];

const SOURCES = filesOf("ts");

describe("a word from outside", () => {
  const calls = SOURCES.flatMap(callsIn);
  it.each(calls)("stands behind -- in $where", ({ words }) => {
    expect(exposed(words)).toEqual([]);
  });

  const own = [...filesOf("sh"), ...filesOf("py"), "ops", "Makefile"];
  const scripts = [...SOURCES.flatMap(textsIn), ...workflowScripts(), ...own.map(whole)];
  const commands = scripts.flatMap(({ where, text }) =>
    commandsIn(text).map((command) => ({ where, command })),
  );
  it.each(commands)("stands behind -- in $where: $command", ({ command }) => {
    expect(exposed(command.split(/\s+/).slice(1).map(shellWord))).toEqual([]);
  });

  const python = scripts.flatMap(({ where, text }) =>
    [...text.matchAll(/ git\(\w+, ("[^)]*)\)/g)].map(([, words = ""]) => ({ where, words })),
  );
  it.each(python)("stands behind -- in $where: git($words)", ({ words }) => {
    // What is named is told by the call, and is no word.
    const all = words.split(/, (?!\w+=)/).map((word) => word.replace(/, \w+=.*/, ""));
    expect(exposed(all.map((word) => (word.startsWith('"') ? { fixed: word.slice(1, -1) } : {})))).toEqual(
      [],
    );
  });

  it("is looked for where there are any, and would be found", () => {
    expect(calls.length).toBeGreaterThan(8);
    expect(commands.length).toBeGreaterThan(8);
    expect(python.length).toBeGreaterThan(4);
    expect(exposed([{ fixed: "fetch" }, {}])).toEqual([1]);
    expect(exposed([{ fixed: "fetch" }, { fixed: "--" }, {}])).toEqual([]);
    expect(exposed(commandsIn('git fetch --quiet "$URL"')[0]?.split(" ").map(shellWord) ?? [])).toEqual([3]);
  });
});

function filesOf(extension: string): string[] {
  return globSync(`**/*.${extension}`, { cwd: ROOT, exclude: ["node_modules/**", "test/**", ".local/**"] });
}

/** A word of a command: what it is, or what it begins with, as far as that is fixed. */
interface Word {
  readonly fixed?: string;
}

/** The places of the words that could be taken for options. */
function exposed(words: readonly Word[]): number[] {
  // git's own word for it, where -- would end the commits.
  const end = words.findIndex(({ fixed }) => fixed === "--" || fixed === "--end-of-options");
  const before = end < 0 ? words : words.slice(0, end);
  return before.flatMap(({ fixed }, i) => {
    const isValue = VALUED.includes(words[i - 1]?.fixed ?? "");
    return fixed !== undefined || isValue ? [] : [i];
  });
}

/** Each call that starts one of the programs, and each of a function of such a name, which does so. */
function callsIn(path: string): { where: string; words: Word[] }[] {
  const file = sourceOf(path);
  const found: { where: string; words: Word[] }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const words = wordsOf(file, node);
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      if (words !== undefined) found.push({ where: `${path}:${line}`, words });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function wordsOf(file: ts.SourceFile, call: ts.CallExpression): Word[] | undefined {
  const name = call.expression.getText();
  const [first, second] = call.arguments;
  if (["execa", "spawn", "execFile", "execFileSync", "spawnSync"].includes(name)) {
    const program = first?.getText() ?? "";
    const isMeant = PROGRAMS.some((one) => program === `"${one}"`) || /kubectl\(\)/.test(program);
    return isMeant && second ? elements(file, second) : undefined;
  }
  if (name !== "git") return undefined;
  // A function that starts git: of the words themselves, or of a folder and a list of them.
  return second && ts.isArrayLiteralExpression(second)
    ? elements(file, second)
    : call.arguments.flatMap((one) => elements(file, one));
}

function elements(file: ts.SourceFile, node: ts.Node): Word[] {
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap((one) => elements(file, one));
  if (ts.isSpreadElement(node)) return elements(file, node.expression);
  if (ts.isParenthesizedExpression(node)) return elements(file, node.expression);
  if (ts.isConditionalExpression(node))
    return [node.whenTrue, node.whenFalse].flatMap((one) => elements(file, one));
  if (ts.isStringLiteralLike(node)) return [{ fixed: node.text }];
  if (ts.isTemplateExpression(node)) return [node.head.text === "" ? {} : { fixed: node.head.text }];
  if (ts.isIdentifier(node)) {
    if (HELD.includes(node.text)) return [{ fixed: node.text }];
    // A list of this file, or what a function that starts a program was given: its own calls are looked at.
    const list = initializers(file, node.text).find(ts.isArrayLiteralExpression);
    if (list) return elements(file, list);
    return isParameter(file, node.text) ? [] : [{}];
  }
  return [{}];
}

function initializers(file: ts.SourceFile, name: string): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name && node.initializer)
      found.push(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isParameter(file: ts.SourceFile, name: string): boolean {
  let isFound = false;
  const visit = (node: ts.Node): void => {
    if (ts.isParameter(node) && node.name.getText() === name && /string\[\]/.test(node.type?.getText() ?? ""))
      isFound = true;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return isFound;
}

/** The texts of a file that hold scripts: each with a call of one of the programs in it. */
function textsIn(path: string): { where: string; text: string }[] {
  const file = sourceOf(path);
  const found: { where: string; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const isText = ts.isTemplateExpression(node) || ts.isStringLiteralLike(node);
    if (isText && !isMessage(node))
      found.push({ where: path, text: node.getText().slice(1, -1).replaceAll("\\${", "${") });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Texts for people quote commands: those are theirs to complete. */
function isMessage(node: ts.Node): boolean {
  return /^(UserError|EnvironmentError|.*[dD]escri.*)/.test(node.parent.getChildAt(1)?.getText() ?? "");
}

function workflowScripts(): { where: string; text: string }[] {
  return globSync(".github/workflows/*.yml", { cwd: ROOT }).flatMap((path) => {
    const { jobs } = parse(readFileSync(join(ROOT, path), "utf8"));
    const steps = Object.values(jobs as Record<string, { steps: { run?: string }[] }>).flatMap(
      (job) => job.steps,
    );
    return steps.flatMap(({ run }) => (run === undefined ? [] : [{ where: path, text: run }]));
  });
}

function whole(path: string): { where: string; text: string } {
  return { where: path, text: readFileSync(join(ROOT, path), "utf8") };
}

/** Lines, or parts of them, that begin with one of the programs and have something of a variable. */
function commandsIn(text: string): string[] {
  const start = new RegExp(
    `(?:^|[;&|(!] *|\\b(?:until|if|then|do|while) +|^\\s+|=\\$\\()((?:${PROGRAMS.join("|")}) [a-z][^;&|)\\n]*)`,
    "gm",
  );
  return [...text.matchAll(start)]
    .map(([, command = ""]) => command.trim())
    .filter((command) => command.includes("$"));
}

/** A word of a shell's command; lists of options that the script itself has made are no words from outside. */
function shellWord(word: string): Word {
  return /^"?\$/.test(word) && !word.endsWith('[@]}"') ? {} : { fixed: word };
}

function sourceOf(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(join(ROOT, path), "utf8"), ts.ScriptTarget.Latest, true);
}
