import { execa } from "execa";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandLines, wordsOf } from "../../cli/comment-lines.ts";
import { UserError } from "../../errors.ts";
import { numberOf } from "../../system/visible.ts";

describe("the commands in a comment", () => {
  it.each<[string, string, string[]]>([
    ["one", "/deploy", ["/deploy"]],
    ["several, in their order", "Please\n/deploy ogr=1\nand then\n\n/status", ["/deploy ogr=1", "/status"]],
    ["lines of Windows", "/deploy ogr=1\r\n/extend --by 4h\r\n", ["/deploy ogr=1", "/extend --by 4h"]],
    ["spaces behind", "/destroy  \t", ["/destroy"]],
    ["words that are Markdown", "/deploy ogr=branch:a_b_c*d*e `x`", ["/deploy ogr=branch:a_b_c*d*e `x`"]],
    ["an address in it", "/deploy https://example.com/x @team", ["/deploy https://example.com/x @team"]],
    ["below a list", "- a\n\n/status", ["/status"]],
    ["another bot's", "/packit build\n/deployment\n/DEPLOY\n/ deploy\n//deploy", []],
    ["within a line", "say /deploy to get one", []],
    ["a block of code", "```\n/deploy\n```\n~~~sh\n/deploy\n~~~", []],
    ["a block that is not closed", "```\n/deploy", []],
    ["an indented block", "    /deploy", []],
    ["code over lines", "a `b\n/deploy\nc` d", []],
    ["a quote", "> /deploy\n> more", []],
    ["a quote that goes on", "> as she said\n/deploy", []],
    ["a quote in a list", "- > a\n  > b\n  /deploy", []],
    ["a comment of HTML", "<!--\n/deploy\n-->\n\na <!-- b\n/deploy c --> d", []],
    ["a heading", "/deploy\n===\n\n# /deploy", []],
    ["a list", "- a\n/deploy\n- /deploy", []],
    ["HTML", "<details>\n/deploy\n</details>", []],
    ["a comment of a whole page", `/deploy\n\n${"x ".repeat(5000)}`, []],
    ["nothing", "", []],
    ["behind what other readers take for a line's end", "a\u2028/destroy\u2029/destroy\u0085/destroy", []],
    ["with what looks like a space", "/destroy\u00a0ps-1", ["/destroy\u00a0ps-1"]],
    ["with what looks like nothing", "/destroy\u200bps-1", ["/destroy\u200bps-1"]],
    ["with something else", '/destroy"ps-1"\n/destroy-ps-1\n/destroy/ps-1', []],
  ])("are found: %s", (_, comment, lines) => {
    expect(commandLines(comment).map(({ line }) => line)).toEqual(lines);
  });

  it("are found in any text whatever without a failure, and are lines of it", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "/deploy",
        "/status",
        "\n",
        "`",
        "```",
        "> ",
        "- ",
        "<!--",
        "-->",
        " ",
        "~~~",
        "\r\n",
        "<a>",
        "\u00a0",
        "\u2028",
        "\t",
      ),
      fc.string({ maxLength: 5, unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const comment = pieces.join("");
        for (const { line, name } of commandLines(comment)) {
          expect(line.startsWith(`/${name}`)).toBe(true);
          // A NUL may be shown as something else.
          if (!comment.includes("\0"))
            expect(comment.split(/\r?\n|\r/).map((one) => one.replace(/[ \t]+$/, ""))).toContain(line);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a line's words", () => {
  it("are those that a shell takes from it, as long as nothing in it stands for something else", async () => {
    const piece = fc.constantFrom(
      "a",
      "é",
      "=",
      ":",
      "#x",
      "b#",
      "/",
      "-",
      "--x",
      " ",
      "  ",
      '"',
      "'",
      "@",
      "%",
      ",",
      "+",
    );
    const lines = fc.sample(
      // What begins with # is a comment to a shell, and a pull request's number to nobody.
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("").replaceAll(/(^|\s)#/g, "$1n")),
      300,
    );
    const script =
      'while IFS= read -r line; do if eval "set -- $line" 2>/dev/null; then printf "%s\\037" "$@"; else printf "\\036"; fi; echo; done';
    const { stdout } = await execa("bash", ["-c", script], {
      input: `${lines.join("\n")}\n`,
      env: { LC_ALL: "C.UTF-8" },
    });
    const shells = stdout.split("\n");
    expect(shells).toHaveLength(lines.length);
    lines.forEach((line, i) => {
      const words = shells[i] === "\u001e" ? "not closed" : (shells[i] ?? "").split("\u001f").slice(0, -1);
      // printf prints once without any word.
      const expected = words.length === 1 && words[0] === "" && line.trim() === "" ? [] : words;
      expect(read(line), JSON.stringify(line)).toEqual(expected);
    });
  });

  it.each([
    ["$HOME", ["$HOME"]],
    ["$(touch x) `touch x` $X *", ["$(touch", "x)", "`touch", "x`", "$X", "*"]],
    ["a;b && c | d > e", ["a;b", "&&", "c", "|", "d", ">", "e"]],
    ["'$X' \"$Y\"", ["$X", "$Y"]],
  ])("stand for nothing else: %s", (line, words) => {
    expect(wordsOf(line)).toEqual(words);
  });

  it.each([
    "a\u00a0b",
    "a\u200bb",
    "a\vb",
    "a\nb",
    "a\u2800b",
    "a\u3164b",
    "a\u00ad",
  ])("of %j are refused, by what cannot be seen in it", (line) => {
    const [letter = ""] = /[^ab]/u.exec(line) ?? [];
    expect(() => wordsOf(line)).toThrow(numberOf(letter));
    expect(() => wordsOf(line)).toThrow(UserError);
  });

  it.each(['a "b', "it's", "a\\ b", "'a\\'"])("of %j are refused", (line) => {
    expect(() => wordsOf(line)).toThrow(UserError);
  });
});

function read(line: string): string[] | string {
  try {
    return wordsOf(line);
  } catch {
    return "not closed";
  }
}
