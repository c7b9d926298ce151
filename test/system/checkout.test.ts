import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execaSync } from "execa";
import { beforeEach, expect, it } from "vitest";
import { EnvironmentError } from "../../errors.ts";
import { uncommitted } from "../../system/checkout.ts";
import { temporaryFolder } from "../support/folder.ts";

let root: string;
const git = (...words: string[]) => execaSync("git", words, { cwd: root });
const write = (name: string, text: string) => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
};

beforeEach(() => {
  root = temporaryFolder();
  git("init", "--quiet");
  for (const name of ["Pulumi.yaml", "Pulumi.stage.yaml", "program.ts", "README.md"]) write(name, "1");
  write(".gitignore", "Pulumi.mine.yaml\n.local/\n");
  git("add", ".");
  git("-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "--message=base");
});

it("what is not committed is every change of a file that git knows", async () => {
  expect(await uncommitted(root, "stage")).toEqual([]);
  write("README.md", "2");
  write("program.ts", "2");
  git("add", "program.ts");
  expect(await uncommitted(root, "stage")).toEqual([" M README.md", "M  program.ts"]);
});

it("what is not committed is a stack's file that git does not know, be it ignored", async () => {
  for (const stack of ["new", "mine"]) {
    write(`Pulumi.${stack}.yaml`, "1");
    expect(await uncommitted(root, stack)).toEqual([`?? Pulumi.${stack}.yaml`]);
  }
  git("rm", "--quiet", "--cached", "Pulumi.yaml");
  expect(await uncommitted(root, "stage")).toEqual(["D  Pulumi.yaml", "?? Pulumi.yaml"]);
});

it.each([
  ["more.ts", true],
  ["components/a b/näw.ts", true],
  ["components/backup/backup.py", true],
  ["images/new.Containerfile", true],
  ["notes.md", false],
  ["plan.json", false],
  ["Pulumi.another.yaml", false],
  [".local/built.ts", false],
])("what is not committed may be %s: %s", async (name, isTold) => {
  write(name, "1");
  expect(await uncommitted(root, "stage")).toEqual(isTold ? [`?? ${name}`] : []);
});

it("what is no checkout is not taken for one without changes", async () => {
  await expect(uncommitted(temporaryFolder(), "stage")).rejects.toThrow(EnvironmentError);
});
