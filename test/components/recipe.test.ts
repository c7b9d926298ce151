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
  const TWO = { postgres: { secondVersion: 16 } };
  const PROTECTED = [
    "packit-database-15-data",
    "packit-database-16-data",
    "packit-namespace-namespace",
    "packit-passwords-postgres",
    "packit-sandbox-namespace",
    "packit-valkey-data",
  ];
  const CACHES = ["packit-packit-worker-long-running-cache", "packit-sandbox-cache"].map(
    (side) => `${side}-packit-worker-long-running-0`,
  );

  describe.each(["managed-platform", "openshift", "kubernetes"])("on the platform %s", (platform) => {
    let all: Registered[];
    beforeAll(async () => {
      all = await registered({ platform, ...TWO });
    });
    const names = (which: (one: Registered) => boolean) =>
      all
        .filter(which)
        .map(({ name }) => name.replace("sandbox-namespace-namespace", "sandbox-namespace"))
        .sort();

    it("is protected: namespaces, the data's volumes and the database's password", () => {
      expect(names(({ protect }) => protect)).toEqual(PROTECTED);
    });

    it("stays in the cluster when the stack goes: namespaces, the data's volumes, the caches", () => {
      // A patch lets go of a few fields of a namespace that is the platform's own.
      const own = PROTECTED.filter(
        (name) =>
          name !== "packit-passwords-postgres" &&
          !(platform === "managed-platform" && name === "packit-namespace-namespace"),
      );
      expect(names(({ isRetained }) => isRetained)).toEqual([...own, ...CACHES].sort());
    });
  });

  it("is neither protected nor kept in a disposable stack, but for the caches' volumes", async () => {
    for (const platform of ["managed-platform", "openshift"]) {
      const disposable = await registered({ disposable: true, platform, ...TWO });
      expect(disposable.filter(({ protect }) => protect)).toEqual([]);
      const kept = disposable.filter(({ isRetained }) => isRetained).map(({ name }) => name);
      expect(kept.sort()).toEqual(CACHES);
    }
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
  const all = ["components", "kubernetes"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const code = all.filter((name) => name.endsWith(".ts"));
  return code.map((name) => {
    const text = readFileSync(join(ROOT, name), "utf8");
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
