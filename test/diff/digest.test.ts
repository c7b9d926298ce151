import { describe, expect, it } from "vitest";
import { digestChange } from "../../diff/digest.ts";
import { diffHtml } from "../../diff/html/page.ts";
import { diffMarkdown } from "../../diff/markdown.ts";
import { diffText } from "../../diff/text.ts";
import { stackDiffOf } from "../support/stack-diffs.ts";
import { allTemplates, objectsOf } from "../support/stacks.ts";

const isOwn = (name: string) => name.startsWith("packit.dev/");

describe("the digests by which pods are rolled", () => {
  it("are this project's own annotations of pods, each with what it means", async () => {
    const all = [...allTemplates(await objectsOf("prod")).values()].flatMap(({ metadata }) =>
      Object.entries<string>(metadata.annotations ?? {}).filter(([name]) => isOwn(name)),
    );
    expect(new Set(all.map(([name]) => name)).size).toBeGreaterThan(1);
    for (const [name, value] of all) {
      expect(value).toMatch(/^[0-9a-f]{8,}$/);
      const meaning = digestChange(`spec.template.metadata.annotations["${name}"]`);
      expect(meaning).not.toBe(digestChange('spec.template.metadata.annotations["packit.dev/another"]'));
      expect(digestChange(`metadata.annotations["${name}"]`)).toBe(meaning);
    }
    for (const path of [
      'spec.template.metadata.annotations["a.io/b"]',
      'metadata.labels["packit.dev/stack"]',
    ])
      expect(digestChange(path)).toBeUndefined();
  });

  it("are shown in no form", async () => {
    const diff = await stackDiffOf("stage", {}, { postgres: { resources: { limits: { memory: "1Gi" } } } });
    const digests = diff.objects.flatMap(({ fields }) => fields.filter(({ path }) => digestChange(path)));
    expect(digests.length).toBeGreaterThan(1);
    for (const shown of [diffText([diff]), diffMarkdown([diff]), diffHtml([diff])]) {
      expect(shown).toContain("a new pod of its database");
      expect(
        digests.filter(({ before, after }) => [before, after].some((one) => shown.includes(String(one)))),
      ).toEqual([]);
    }
  });
});
