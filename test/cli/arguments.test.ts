import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { checkArguments, furtherWords, repeated } from "../../cli/arguments.ts";
import { findVerb, type Verb } from "../../cli/verb.ts";
import { UserError } from "../../errors.ts";
import { allVerbs } from "../support/verbs.ts";

let root: Verb;
let verbs: readonly Verb[];

beforeAll(async () => {
  ({ root, verbs } = await allVerbs());
}, 60_000);

describe("the arguments of every verb", () => {
  it("are taken when they are complete and known", () => {
    for (const { args, path } of verbs) {
      expect(() => checkArguments(args, [...needed(args), ...whole(args)]), path.join(" ")).not.toThrow();
    }
  });

  it.each([
    ["a short option", ["-x"], "Unknown option -x"],
    ["several short options in one", ["-la"], "Unknown option -l"],
    ["a mistyped option", ["--jsno"], "Unknown option --jsno"],
    ["an option of another case", ["--JSON"], "Unknown option --JSON"],
    ["an option denied", ["--no-json"], "Unknown option --no-json"],
    ["a number below zero", ["-1"], "Unknown option -1"],
    ["a word too many", ["a", "b", "c"], 'There is no use for "'],
    ["an empty word", [""], "An argument is empty"],
  ])("are refused with %s", (_, more, message) => {
    for (const { args, path } of verbs) {
      if (Object.values(args).some(({ valueHint }) => "type" in args && valueHint)) continue;
      const takesMany = Object.values(args).some(
        (arg) => arg.type === "positional" && arg.valueHint?.endsWith("…"),
      );
      if (takesMany && message.startsWith("There")) continue;
      expect(() => checkArguments(args, [...needed(args), ...more]), path.join(" ")).toThrow(
        new RegExp(message.replaceAll(/[[\]()?.]/g, "\\$&")),
      );
    }
  });

  it("are refused where an option's value is missing, empty, or was meant as the next option", () => {
    for (const { args, path } of verbs) {
      for (const [name, { type }] of Object.entries(args)) {
        if (type === "positional" || type === "boolean") continue;
        const others = needed(args).filter((word) => !word.startsWith(`--${name}=`));
        for (const words of [[`--${name}`], [`--${name}=`], [`--${name}`, ""], [`--${name}`, "--json"]])
          expect(
            () => checkArguments(args, [...others, ...words]),
            `${path.join(" ")} ${words.join(" ")}`,
          ).toThrow(`--${name} needs a value`);
      }
    }
  });

  it("are refused where a switch has a value, or what is said once is said twice", () => {
    for (const { args } of verbs) {
      for (const [name, arg] of Object.entries(args)) {
        if (arg.type === "boolean")
          expect(() => checkArguments(args, [...needed(args), `--${name}=false`])).toThrow("takes no value");
        const isMany = "valueHint" in arg && arg.valueHint?.endsWith("…");
        if (arg.type === "string" && !isMany && !arg.required)
          expect(() => checkArguments(args, [...needed(args), `--${name}=a`, `--${name}=a`])).toThrow(
            "twice",
          );
      }
    }
  });

  it("are refused where one that is needed is missing, by its name", () => {
    for (const { args } of verbs) {
      for (const [name, arg] of Object.entries(args)) {
        if (!arg.required) continue;
        const without =
          arg.type === "positional" ? [] : needed(args).filter((word) => !word.startsWith(`--${name}=`));
        expect(() => checkArguments(args, without)).toThrow("is missing");
      }
    }
  });

  it("are never silently dropped: whatever the words, all are taken, or refused in words", () => {
    const word = fc.oneof(
      fc.constantFrom(
        "--json",
        "--local",
        "--dry-run",
        "--limit=5m",
        "--limit",
        "5m",
        "stage",
        "--",
        "-",
        "-x",
        "--all",
        "a=b",
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...verbs), fc.array(word, { maxLength: 6 }), ({ args }, words) => {
        try {
          checkArguments(args, words);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          return;
        }
        const end = words.indexOf("--");
        const options = (end < 0 ? words : words.slice(0, end)).filter((one) => one.startsWith("--"));
        for (const option of options) expect(Object.keys(args)).toContain(option.slice(2).split("=")[0]);
      }),
      { numRuns: 500 },
    );
  });

  it("can be given many times where they may, in their order", () => {
    const args = { with: { type: "string", valueHint: "PART …" } } as const;
    expect(repeated(args, ["--with", "a", "x", "--with=b"], "with")).toEqual(["a", "b"]);
  });
});

describe("the last word of a verb, of which there may be any number", () => {
  const args = {
    stack: { type: "positional", required: true },
    image: { type: "positional", valueHint: "IMAGE …", required: false },
    wait: { type: "string" },
  } as const;

  it.each([
    [["prod"], []],
    [
      ["prod", "a", "--wait", "1m", "b"],
      ["a", "b"],
    ],
    [["--wait=1m", "prod", "--", "-a"], ["-a"]],
  ])("of %j is %j", (words, further) => {
    expect(furtherWords(args, words)).toEqual(further);
  });
});

describe("the words before them", () => {
  it.each([
    [["rendr"], './ops has no verb "rendr". Did you mean render?'],
    [["test-instance", "reapp"], './ops test-instance has no verb "reapp". Did you mean reap?'],
    [["test-instance", "zzz"], "There are: deploy, list, show"],
    [["--json", "render"], "./ops takes no option --json here"],
    [["local", "--limit=5m", "up"], "./ops local takes no option --limit here"],
    [["constructor"], './ops has no verb "constructor"'],
    [["__proto__"], './ops has no verb "__proto__"'],
  ])("%j are refused", async (words, message) => {
    await expect(findVerb(root, words)).rejects.toThrow(message);
  });
});

/** The least that a verb must be given. */
function needed(args: Verb["args"]): string[] {
  return Object.entries(args).flatMap(([name, { type, required }]) => {
    if (!required) return [];
    return type === "positional" ? ["bash"] : [`--${name}=a`];
  });
}

/** Each option of a verb that it need not be given. */
function whole(args: Verb["args"]): string[] {
  return Object.entries(args).flatMap(([name, arg]) => {
    if (arg.type === "positional" || arg.required) return [];
    if (arg.type === "boolean") return [`--${name}`];
    return [`--${name}=${arg.type === "enum" ? arg.options?.[0] : "a"}`];
  });
}
