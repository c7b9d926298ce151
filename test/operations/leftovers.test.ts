import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { removeLeftovers } from "../../operations/test-instances/leftovers.ts";
import { temporaryFolder } from "../support/folder.ts";

it("secrets and stand-ins that former versions have left of test instances go, and nothing else", () => {
  const root = temporaryFolder();
  const kept = [".local/stand-ins/stage/stand-ins.json", ".local/logs/pulumi-test-one.log"];
  const left = [".local/test-instances/one/secrets/keytab", ".local/stand-ins/test-one/stand-ins.json"];
  for (const path of [...kept, ...left]) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), "secret");
  }
  removeLeftovers(root);
  const files = globSync("**/*.*", { cwd: join(root, ".local") }).map((path) => join(".local", path));
  expect(files.sort()).toEqual(kept.sort());
  expect(() => removeLeftovers(temporaryFolder())).not.toThrow();
});
