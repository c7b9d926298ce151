import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain, UserError } from "../../errors.ts";
import { type NamedText, writeFolder } from "../../render/folder.ts";
import { temporaryFolder } from "../support/folder.ts";

const FILES: readonly NamedText[] = [
  ["00_namespace_one.yaml", "one\n"],
  ["02_secret_one_two.yaml", "two\n"],
  ["secrets/index.yaml", "[]\n"],
];

describe("a folder of rendered objects", () => {
  it("holds what the last run wrote, and loses nothing that was not its own, whatever is in it", () => {
    const written = fc.uniqueArray(fc.constantFrom(...FILES, ["05_job_x.json", "{}"] as const), {
      minLength: 1,
    });
    const names = [...FILES.map(([name]) => name), "notes.txt", "secrets/mine.key", "00_mine.yaml"];
    const others = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 });
    fc.assert(
      fc.property(written, others, written, (first, mine, second) => {
        const folder = join(temporaryFolder(), "objects");
        writeFolder(folder, first);
        const added = mine.filter((name) => !existsSync(join(folder, name)));
        for (const name of added) put(folder, name, "mine");
        const isInTheWay = second.some(([name]) => added.includes(name));
        if (isInTheWay) expect(() => writeFolder(folder, second)).toThrow(UserError);
        else writeFolder(folder, second);
        for (const name of added) expect(readFileSync(join(folder, name), "utf8")).toBe("mine");
        const expected = (isInTheWay ? first : second).map(([name]) => name);
        expect(filesIn(folder)).toEqual([...new Set([...expected, ...added])].sort());
      }),
    );
  });

  it.each<[string, (folder: string) => void]>([
    ["files", (folder) => put(folder, "notes.txt", "mine")],
    ["folders alone", (folder) => mkdirSync(join(folder, "notes"))],
    ["hidden files alone", (folder) => put(folder, ".notes", "mine")],
    ["a folder in place of the list", (folder) => put(folder, ".rendered/notes.txt", "mine")],
    ["a link in place of a folder", (folder) => linked(folder, "secrets")],
    ["a link in place of a file", (folder) => linked(folder, "02_secret_one_two.yaml")],
    ["a file in place of a folder", (folder) => listed(folder, "secrets")],
    ["a folder in place of a file", (folder) => listed(folder, "00_namespace_one.yaml/notes.txt")],
  ])("is not made from one that holds %s", (_, prepare) => {
    const folder = temporaryFolder();
    prepare(folder);
    const before = filesIn(folder);
    expect(() => writeFolder(folder, FILES)).toThrow(UserError);
    expect(filesIn(folder)).toEqual(before);
  });

  it("is not rid of what a list of somebody else's names", () => {
    const folder = temporaryFolder();
    for (const name of ["notes.txt", "deep/notes.txt"]) put(folder, name, "mine");
    put(folder, ".rendered", "notes.txt\ndeep/notes.txt\n../x\n/etc/passwd\n\n.\n00_gone.yaml\n");
    writeFolder(folder, FILES);
    expect(filesIn(folder)).toEqual([...FILES.map(([name]) => name), "deep/notes.txt", "notes.txt"].sort());
  });

  it("can be reached by a link", () => {
    const folder = temporaryFolder();
    const link = join(temporaryFolder(), "link");
    symlinkSync(folder, link);
    writeFolder(link, FILES);
    expect(filesIn(folder)).toHaveLength(FILES.length);
  });
});

describe("a place where no folder can be", () => {
  it.each([
    ["/proc/objects", /^\/proc\/objects cannot be made/],
    ["/proc/self/a/b/c", /^\/proc\/self\/a cannot be made/],
    ["/dev/null", /^\/dev\/null is no folder/],
    ["/dev/full/objects", /^\/dev\/full cannot be made: .*Move away/],
    [`/tmp/${"x".repeat(256)}`, /ENAMETOOLONG/],
  ])("is refused at once: %s", (folder, message) => {
    const write = () => {
      try {
        writeFolder(folder, FILES);
      } catch (error) {
        return explain(error);
      }
      return "written";
    };
    expect(write()).toMatch(message);
  });
});

function put(folder: string, name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

/** What an earlier run has left, in which somebody has put something else in the place of one of its files. */
function listed(folder: string, name: string): void {
  put(folder, ".rendered", FILES.map(([one]) => `${one}\n`).join(""));
  put(folder, name, "mine");
}

function linked(folder: string, name: string): void {
  put(folder, ".rendered", FILES.map(([one]) => `${one}\n`).join(""));
  symlinkSync(temporaryFolder(), join(folder, name));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => !one.isDirectory() && one.name !== ".rendered")
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .sort();
}
