import { execa } from "execa";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseReferences, showReference } from "../../operations/test-instances/reference.ts";
import { isBranchName } from "../../settings/branch-name.ts";

/** What git's rules are about, and what they are not. */
const PIECE = fc.oneof(
  fc.constantFrom(
    "/",
    ".",
    "..",
    "-",
    "@",
    "@{",
    "{",
    "~",
    "^",
    ":",
    "?",
    "*",
    "[",
    "\\",
    " ",
    "HEAD",
    ".lock",
  ),
  fc.constantFrom(
    "#",
    "%",
    "=",
    "+",
    "'",
    '"',
    "ü",
    "\u007f",
    "\t",
    "\n",
    "|",
    "&",
    "\u00a0",
    "main",
    "refs/heads",
  ),
  fc.string({ minLength: 1, maxLength: 3 }),
);
const NAME = fc.array(PIECE, { maxLength: 5 }).map((pieces) => pieces.join(""));

describe("the name of a branch", () => {
  it("is what git takes for one", async () => {
    await fc.assert(
      // A word of a command line holds no NUL.
      fc.asyncProperty(
        NAME.filter((name) => !name.includes("\0")),
        async (name) => {
          // Outside of a repository, nothing is what another branch was before.
          const { exitCode } = await execa("git", ["check-ref-format", "--branch", name], {
            cwd: "/",
            reject: false,
          });
          expect(isBranchName(name), JSON.stringify(name)).toBe(exitCode === 0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(
    ["fix#12", "feature/a=b", "release-1.0+x", "ü", "@", "a:b", "100%"].filter(isBranchName),
  )("can be put on test as %s, and is written as it was read", (name) => {
    const [reference] = parseReferences([`ogr=me/ogr:branch:${name}`]);
    if (reference === undefined) throw new Error("no reference");
    expect(reference.what).toEqual({ kind: "branch", name });
    expect(showReference(reference)).toBe(`ogr=me/ogr:branch:${name}`);
  });

  it("holds no half of a character", () => {
    expect(isBranchName("a\ud800")).toBe(false);
  });
});
