import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { programAt, removeWorktree } from "../../operations/test-instances/program.ts";
import { parseReferences } from "../../operations/test-instances/reference.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";

describe("a pull request of this project", () => {
  it("is evaluated from a worktree of its commit, which is removed again", async () => {
    const { stdout: sha } = await execa("git", ["rev-parse", "HEAD"], { cwd: ROOT });
    const folder = join(temporaryFolder(), "worktree");
    const [reference] = parseReferences([`deployment=commit:${sha}`]);
    if (reference === undefined) throw new Error("no reference");
    const program = await programAt(ROOT, folder, { reference, url: ROOT, sha });
    try {
      expect(program.root).toBe(folder);
      const settings = program.loadSettings(program.readStackFile(folder, "stage"), { kind: "redacted" });
      const generate = () => "x";
      const objects = await program.evaluate(settings, { generate, secrets: { replaceBy: "" } });
      expect(objects.length).toBeGreaterThan(30);
    } finally {
      await removeWorktree(ROOT, folder);
    }
    expect(existsSync(folder)).toBe(false);
    await expect(
      programAt(ROOT, folder, { reference, url: join(folder, "nowhere"), sha: "f".repeat(40) }),
    ).rejects.toThrow("`git fetch --no-tags");
  });
});
