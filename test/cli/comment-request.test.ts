import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { positionalsIn } from "../../cli/arguments.ts";
import type { CommandName } from "../../cli/comment-lines.ts";
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
    ["/deploy -- ''", '""'],
    ["/destroy -- ''", "The instance's name is empty"],
    ["/status -- ''", "The instance's name is empty"],
    ["/deploy\rogr=1", "U+000D"],
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

  /** Whatever is somewhere taken for a blank, or for nothing at all. */
  const BLANKS =
    "\v\f\r\u001c\u001f\u0085\u00a0\u00ad\u1680\u180e\u2000\u2009\u200b\u200e\u2028\u2029\u202e\u202f\u205f\u2060\u2800\u3000\u3164\ufe0f\ufeff";

  it("are the same with any blanks between their words, or refused", async () => {
    const words = fc.constantFrom(
      ["/destroy", "ps-1"],
      ["/destroy"],
      ["/status", "ps-1"],
      ["/extend", "ps-1", "--by", "2h"],
      ["/extend", "--by", "2h"],
      ["/extend", "--by=2h", "ps-1"],
      ["/deploy", "--base=prod", "ogr=1"],
      ["/deploy", "--ttl", "2h"],
    );
    const blanks = fc
      .array(fc.oneof(fc.constantFrom(" ", "\t"), fc.constantFrom(...BLANKS)), { minLength: 1, maxLength: 2 })
      .map((all) => all.join(""));
    await fc.assert(
      fc.asyncProperty(words, fc.array(blanks, { minLength: 4, maxLength: 4 }), async (all, between) => {
        const line = all.reduce((text, word, i) => text + (i > 0 ? between[i - 1] : "") + word, "");
        const asked = await settled(() => askedIn(line, PLACE, PULL));
        if (/^[ -~\t]*$/.test(line))
          expect(asked).toEqual({ value: await askedIn(all.join(" "), PLACE, PULL) });
        else expect("error" in asked && asked.error).toBeInstanceOf(UserError);
      }),
      { numRuns: 500 },
    );
  });

  it("are of all instances only where no word but an option's is in the line", async () => {
    const piece = fc.oneof(
      fc.constantFrom("/destroy", "/status", "ps-1", "--", "''", '""', " ", "\t", "'", "-", "\n", "\r\n"),
      fc.constantFrom(...BLANKS),
    );
    const line = fc.tuple(fc.constantFrom("/destroy", "/status"), fc.array(piece, { maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(line, async ([name, pieces]) => {
        const comment = name + pieces.join("");
        const asked = await settled(() => askedIn(comment, PLACE, PULL));
        if ("error" in asked) expect(asked.error).toBeInstanceOf(UserError);
        const ofAll =
          "value" in asked ? asked.value.filter((one) => !("instance" in one && one.instance)) : [];
        const bare = comment
          .split(/\r?\n/)
          // Quotes around the end of options are none of its letters.
          .filter((one) => /^\/(destroy|status)[ \t]*(['"]*-['"]*-['"]*)?[ \t]*$/.test(one));
        expect(ofAll.length).toBeLessThanOrEqual(bare.length);
      }),
      { numRuns: 1000 },
    );
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
        "2h",
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
