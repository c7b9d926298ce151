import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { credentials } from "../../local/credentials.ts";
import { localPaths } from "../../local/paths.ts";
import { temporaryFolder } from "../support/folder.ts";

describe("the credentials of a control plane", () => {
  it("are made once, and stay", () => {
    const paths = localPaths(temporaryFolder());
    expect(credentials(paths)).toEqual(credentials(paths));
  });

  it.each([
    ["seed", "seed", ""],
    ["seed", "seed", "short"],
    ["token", "tokens.csv", ""],
    ["token", "tokens.csv", ",admin,admin,system:masters\n"],
  ])("whose %s is not whole in %s (%j) are refused", (what, file, content) => {
    const paths = localPaths(temporaryFolder());
    const folder = join(paths.state, "credentials");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), content);
    expect(() => credentials(paths)).toThrow(`The ${what} in ${folder} is not whole`);
  });
});
