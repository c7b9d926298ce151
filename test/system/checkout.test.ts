import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { expect, it } from "vitest";
import { EnvironmentError } from "../../errors.ts";
import { uncommitted } from "../../system/checkout.ts";
import { temporaryFolder } from "../support/folder.ts";

it("what is not committed is every change of a file that git knows", async () => {
  const root = temporaryFolder();
  const git = (...words: string[]) => execaSync("git", words, { cwd: root });
  const write = (name: string, text: string) => writeFileSync(join(root, name), text);
  git("init", "--quiet");
  write("one", "1");
  write("two", "1");
  git("add", ".");
  git("-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "--message=base");
  write("new", "1");
  expect(await uncommitted(root)).toEqual([]);
  write("one", "2");
  write("two", "2");
  git("add", "two");
  expect(await uncommitted(root)).toEqual([" M one", "M  two"]);
});

it("what is no checkout is not taken for one without changes", async () => {
  await expect(uncommitted(temporaryFolder())).rejects.toThrow(EnvironmentError);
});
