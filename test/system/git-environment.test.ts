import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { WITHOUT_CALLERS_REPOSITORY } from "../../system/git-environment.ts";
import { ROOT } from "../support/stacks.ts";

describe("git, as this project starts it", () => {
  it("knows nothing of the repository that a hook is of", () => {
    const { stdout } = execaSync("git", ["rev-parse", "--local-env-vars"]);
    // What somebody sets for all of his repositories, as `git -c` does, holds here, too.
    const wanted = stdout.split("\n").filter((name) => !name.startsWith("GIT_CONFIG"));
    expect(Object.keys(WITHOUT_CALLERS_REPOSITORY)).toEqual(expect.arrayContaining(wanted));
  });

  it("is started so everywhere", () => {
    const sources = globSync("**/*.ts", {
      cwd: ROOT,
      exclude: (path) => ["node_modules", "test", "bench"].includes(path),
    });
    const starting = sources.filter((path) =>
      /execa\w*\(\s*"git"/.test(readFileSync(join(ROOT, path), "utf8")),
    );
    expect(starting.length).toBeGreaterThan(4);
    const without = starting.filter((path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      return text.split(/execa\w*\(\s*"git"/).length > text.split("WITHOUT_CALLERS_REPOSITORY").length - 1;
    });
    expect(without).toEqual([]);
  });
});
