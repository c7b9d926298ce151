import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Document } from "yaml";
import { type Path, PREFIX, StackFile } from "../../settings/stack-file.ts";

const key = fc.stringMatching(/^[a-z][a-zA-Z]{0,9}$/);
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.dictionary(key, tie("node"), { minKeys: 1, maxKeys: 4 }),
  ),
})).node;

describe("a stack file", () => {
  it("knows the line of each of its settings", () => {
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4 }), (values) => {
        const config = Object.fromEntries(
          Object.entries(values).map(([name, value]) => [PREFIX + name, value]),
        );
        const text = new Document({ config }).toString({ lineWidth: 0, flowCollectionPadding: false });
        const file = new StackFile("Pulumi.test.yaml", text);
        expect(file.values()).toEqual(values);
        for (const path of paths(values)) {
          const line = text.split("\n")[(file.line(path) ?? 0) - 1];
          expect(line?.trim()).toMatch(new RegExp(`^(${PREFIX})?${String(path.at(-1))}:`));
        }
      }),
    );
  });

  it("gives an absent setting the line of what is around it", () => {
    const file = new StackFile("f", "config:\n  packit:a:\n    b: 1\n");
    expect(file.line(["a", "c"])).toBe(2);
    expect(file.line(["x"])).toBe(1);
  });

  it("tells what is encrypted from what is not", () => {
    const file = new StackFile("f", "config:\n  packit:secrets:\n    a: { secure: v1:x }\n    b: plain\n");
    expect([file.isEncrypted(["secrets", "a"]), file.isPlainText(["secrets", "a"])]).toEqual([true, false]);
    expect([file.isEncrypted(["secrets", "b"]), file.isPlainText(["secrets", "b"])]).toEqual([false, true]);
  });

  it("leaves the settings of others alone", () => {
    const file = new StackFile("f", "config:\n  kubernetes:context: x\n  packit:a: 1\nencryptionsalt: y\n");
    expect(file.values()).toEqual({ a: 1 });
  });
});

function paths(value: unknown, above: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return above.length > 0 ? [above] : [];
  return Object.entries(value).flatMap(([name, child]) => [
    [...above, name],
    ...paths(child, [...above, name]),
  ]);
}
