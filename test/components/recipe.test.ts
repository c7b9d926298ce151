import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { program } from "../../program.ts";
import { ROOT, settingsOf } from "../support/stacks.ts";

interface Registered {
  readonly types: readonly string[];
  readonly name: string;
}

let resources: Registered[];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, result: name } }),
  });
  await pulumi.runtime.runInPulumiStack(async () => program(settingsOf("stage")));
  await pulumi.runtime.disconnect();
  // MockMonitor knows what was registered; the runtime's type of a monitor does not say so.
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    getRegisteredResources(): Map<string, unknown>;
  };
  resources = [...monitor.getRegisteredResources().keys()].map((urn) => {
    const [, , types = "", name = ""] = urn.split("::");
    return { types: types.split("$"), name };
  });
});

describe("every resource", () => {
  it("is named after the component that it is part of", () => {
    const children = resources.filter(({ types }) => types.length > 1 && types[1] !== undefined);
    expect(children.length).toBeGreaterThan(30);
    for (const { name, types } of children.filter(({ types }) => !types.at(-1)?.startsWith("pulumi:"))) {
      expect(name, types.join(" > ")).toMatch(/^(packit|cluster)(-|$)/);
    }
  });

  it("has a name of its own", () => {
    const names = resources.map(({ name, types }) => `${types.at(-1)} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("every component", () => {
  it("has a type token of the form packit:<area>:<Noun>", () => {
    const components = resources
      .map(({ types }) => types.at(-1) ?? "")
      .filter((type) => type.startsWith("packit:"));
    expect(components.length).toBeGreaterThan(10);
    for (const type of components) expect(type).toMatch(/^packit:(app|cluster|data):[A-Z][A-Za-z]+$/);
  });

  it.each(sources())("in %s registers its outputs last", (_, file) => {
    for (const made of constructors(file)) {
      const last = made.body?.statements.at(-1)?.getText(file) ?? "";
      expect(last).toMatch(/^this\.registerOutputs\(/);
    }
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

function interfaces(file: ts.SourceFile): ts.InterfaceDeclaration[] {
  return file.statements.filter(ts.isInterfaceDeclaration);
}
