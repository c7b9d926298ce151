import { execa } from "execa";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { positionalsIn } from "../../cli/arguments.ts";
import { type CommandName, commandLines, wordsOf } from "../../cli/comment-lines.ts";
import { askedBy, askedIn } from "../../cli/comment-request.ts";
import { mistakesIn } from "../../cli/run.ts";
import { deployCommand, readDeploy } from "../../cli/test-instance-deploy.ts";
import { verbOf } from "../../cli/verb.ts";
import { UserError } from "../../errors.ts";
import { PART_NAMES } from "../../settings/test-instance.ts";
import { POOL } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";

const PLACE = { pool: POOL, root: ROOT };
const PULL = "packit-service=614";

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
    ["nothing", "", []],
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
      ),
      fc.string({ maxLength: 5, unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const comment = pieces.join("");
        for (const { line, name } of commandLines(comment)) {
          expect(line.split(/\s/)[0]).toBe(`/${name}`);
          // A tabulator or a NUL may be shown as something else.
          if (/^[ -~\r\n]*$/.test(comment))
            expect(comment.split(/\r?\n|\r/).map((one) => one.trimEnd())).toContain(line);
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

  it.each(['a "b', "it's", "a\\ b", "'a\\'"])("of %j are refused", (line) => {
    expect(() => wordsOf(line)).toThrow(UserError);
  });
});

describe("a comment's commands", () => {
  it.each([
    ["/deploy --base=prod packit-service=614", { base: "prod", name: "ps-614" }],
    ["/deploy packit-service=800 ogr=123", { base: "stage", name: "ps-800-ogr-123" }],
    ["/deploy packit=456 deployment=321", { base: "stage", name: "packit-456-deployment-321" }],
    ["/deploy --base=prod packit-service=614 ogr=123 --ttl 8h", { base: "prod", ttlSeconds: 28800 }],
    ["/deploy", { name: "ps-614" }],
    ["/deploy --ttl 2h --base prod", { name: "ps-614", ttlSeconds: 7200, base: "prod" }],
    ["/deploy -- ogr=1", { name: "ogr-1" }],
  ])("can be %s", async (line, request) => {
    expect(await askedIn(line, PLACE, PULL)).toMatchObject([{ name: "deploy", request }]);
  });

  it("mean what their pull request is on where no instance is named", async () => {
    expect(
      await askedIn("/extend\n/extend ps-1 --by 2h\n/destroy\n/destroy ps-1\n/status\n", PLACE, PULL),
    ).toEqual([
      { name: "extend", instance: undefined, by: "4h" },
      { name: "extend", instance: "ps-1", by: "2h" },
      { name: "destroy", instance: undefined },
      { name: "destroy", instance: "ps-1" },
      { name: "status", instance: undefined },
    ]);
  });

  it.each([
    ["/deploy --bsae=prod", "--base?"],
    ["/deploy ogr=0", '"ogr=0"'],
    ["/deploy ogr=1 ogr=2", "ogr is named twice"],
    ["/deploy nope=1", 'no repository "nope"'],
    ["/deploy --base=next", "stage, prod"],
    ["/deploy --ttl", "--ttl needs a value"],
    ["/deploy --ttl 8", "--ttl"],
    ["/deploy --ttl 99d", "longer than an instance may live"],
    ["/deploy --name A", '"A"'],
    ["/deploy --name stage", '"stage"'],
    ["/deploy --with flour", "--with flour"],
    ["/deploy --image z", '"z"'],
    ["/deploy --wait 3h", "--wait is too long"],
    ["/deploy --limit 3h", "--limit is too long"],
    ["/deploy --base=prod --base=stage", "--base is given twice"],
    ['/deploy ""', "An argument is empty"],
    ["/deploy 'x", "A quote is not closed"],
    ["/deploy $(id)", '"$(id)"'],
    ["/extend a b", 'no use for "b"'],
    ["/extend --by 4", "--by"],
    ["/destroy --all", "--all"],
    ["/status --follow", "--follow"],
  ])("are refused as on the command line: %s", async (line, message) => {
    await expect(askedIn(line, PLACE, PULL)).rejects.toThrow(message);
    await expect(askedIn(line, PLACE, PULL)).rejects.toBeInstanceOf(UserError);
  });

  it.each([
    "local",
    "kubeconfig=x",
    "engine=pulumi",
    "json",
  ])("cannot say --%s, and hear why", async (option) => {
    for (const name of ["deploy", "extend x", "destroy x", "status x"]) {
      const [known] = option.split("=");
      // What only reads has no engine.
      if (known === "engine" && name.startsWith("status")) continue;
      await expect(askedIn(`/${name} --${option}`, PLACE, PULL)).rejects.toThrow(
        new RegExp(`--${known} cannot be said in a comment: .+\\. Leave it out\\.`),
      );
    }
  });

  it("are refused together, each with all that is wrong, so that none is done", async () => {
    const wrong = askedIn("/status\n/deploy ogr=0 --ttl 8 --jsno\n/extend --by 4", PLACE, PULL);
    for (const part of ["/deploy ogr=0", '"ogr=0"', "--ttl", "--jsno", "/extend --by 4", "--by is"])
      await expect(wrong).rejects.toThrow(part);
  });

  it("are few", async () => {
    await expect(askedIn("/status\n".repeat(6), PLACE, PULL)).rejects.toThrow("may hold 5 commands");
    expect(await askedIn("/status\n".repeat(5), PLACE, PULL)).toHaveLength(5);
  });

  it("ask for the same as the command line with the same words", async () => {
    const verb = await verbOf(deployCommand, ["deploy"]);
    const option = fc.oneof(
      fc.constantFrom(
        "--base=prod",
        "--base",
        "stage",
        "--ttl=2h",
        "--ttl",
        "3h",
        "--wait=5m",
        "--limit",
        "9m",
      ),
      fc.constantFrom(...PART_NAMES).chain((part) => fc.constantFrom(`--with=${part}`, `--without=${part}`)),
      fc.constantFrom("--only-existing", "--name=my-own", "--image=service=quay.io/x/y:1", "--name"),
    );
    const reference = fc.oneof(
      fc.tuple(fc.constantFrom("ogr", "packit", "tokman"), fc.nat(20)).map(([name, n]) => `${name}=${n}`),
      fc.string({ minLength: 1, maxLength: 8 }).map((branch) => `packit-service=branch:${branch}`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(option, reference), { minLength: 1, maxLength: 5 }),
        async (words) => {
          // What a line cannot hold, or a comment may not have, is told of above.
          if (words.some((word) => /[\\\r\n]/.test(word))) return;
          const line = { name: "deploy" as CommandName, line: ["/deploy", ...words.map(quoted)].join(" ") };
          const asked = await settled(async () => (await askedBy([line], PLACE, PULL))[0]);
          const given = positionalsIn(verb.args, words).length > 0 ? words : [PULL, ...words];
          const own = await settled(async () => {
            if (mistakesIn(verb, given) !== undefined) throw new UserError("refused");
            return { name: "deploy", ...readDeploy(given, PLACE) };
          });
          if ("value" in own) expect(asked).toEqual(own);
          else expect("error" in asked && asked.error).toBeInstanceOf(UserError);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

async function settled<T>(work: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

function read(line: string): string[] | string {
  try {
    return wordsOf(line);
  } catch {
    return "not closed";
  }
}
