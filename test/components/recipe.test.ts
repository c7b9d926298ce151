import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { type Registered, registered } from "../support/registered.ts";
import { ROOT } from "../support/stacks.ts";

let resources: Registered[];

beforeAll(async () => {
  resources = await registered({});
});

describe("every resource", () => {
  it("is named after the component that it is part of", () => {
    const children = resources.filter(({ parent }) => parent !== "" && !parent.startsWith("project-"));
    expect(children.length).toBeGreaterThan(40);
    for (const { name, parent } of children) expect(name.startsWith(`${parent}-`), name).toBe(true);
  });

  it("has a name of its own", () => {
    const names = resources.map(({ name, type }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("what must not be lost", () => {
  const PROTECTED = [
    "packit-database-15-data",
    "packit-namespace-namespace",
    "packit-passwords-postgres",
    "packit-sandbox-namespace",
    "packit-valkey-data",
  ];

  it("is protected: namespaces, the data's volumes and the database's password", () => {
    const names = resources.filter(({ protect }) => protect).map(({ name }) => name);
    expect(names.sort()).toEqual(PROTECTED);
  });

  it("is not protected in a disposable stack", async () => {
    const disposable = await registered({ disposable: true });
    expect(disposable.filter(({ protect }) => protect)).toEqual([]);
  });
});

describe("every component", () => {
  it("has a type token of the form packit:<area>:<Noun>", () => {
    const components = resources.map(({ type }) => type).filter((type) => type.startsWith("packit:"));
    expect(components.length).toBeGreaterThan(10);
    for (const type of components) expect(type).toMatch(/^packit:(app|cluster|data):[A-Z][A-Za-z]+$/);
  });

  it.each(sources())("in %s registers its outputs last", (_, file) => {
    for (const made of constructors(file)) {
      const last = made.body?.statements.at(-1)?.getText(file) ?? "";
      expect(last).toMatch(/^this\.registerOutputs\(/);
    }
  });

  it.each(sources())("in %s registers no inputs, which previews would print whole", (_, file) => {
    for (const made of constructors(file)) expect(inputsOf(made, file)).toBe("{}");
  });

  it("registers none, whatever file it is in", () => {
    const components = resources.filter(({ type }) => type.startsWith("packit:"));
    expect(components.filter(({ inputs }) => inputs.length > 0)).toEqual([]);
  });

  it.each(sources())("in %s has its arguments documented", (_, file) => {
    const undocumented = interfaces(file)
      .filter(({ name }) => name.text.endsWith("Args"))
      .flatMap(({ name, members }) => members.map((member) => [name.text, member] as const))
      .filter(([, member]) => ts.getJSDocCommentsAndTags(member).length === 0)
      .map(([name, member]) => `${name}.${member.name?.getText(file)}`);
    expect(undocumented).toEqual([]);
  });
});

function sources(): [string, ts.SourceFile][] {
  const folder = join(ROOT, "components");
  return readdirSync(folder).map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    return [name, ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true)];
  });
}

function constructors(file: ts.SourceFile): ts.ConstructorDeclaration[] {
  const classes = file.statements.filter(ts.isClassDeclaration);
  const components = classes.filter(({ heritageClauses }) =>
    heritageClauses?.some((one) => one.getText().includes("ComponentResource")),
  );
  return components.flatMap(({ members }) => members.filter(ts.isConstructorDeclaration));
}

/** What a constructor gives Pulumi as the component's inputs. */
function inputsOf(made: ts.ConstructorDeclaration, file: ts.SourceFile): string | undefined {
  const calls = (made.body?.statements ?? []).flatMap((one) =>
    ts.isExpressionStatement(one) && ts.isCallExpression(one.expression) ? [one.expression] : [],
  );
  const call = calls.find(({ expression }) => expression.kind === ts.SyntaxKind.SuperKeyword);
  return call?.arguments[2]?.getText(file);
}

function interfaces(file: ts.SourceFile): ts.InterfaceDeclaration[] {
  return file.statements.filter(ts.isInterfaceDeclaration);
}
