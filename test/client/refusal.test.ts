import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../../cluster/api-client.ts";
import { problemOf } from "../../cluster/api-error.ts";
import { refused } from "../../cluster/refusal.ts";

const POD = { apiVersion: "v1", kind: "Pod", metadata: { name: "packit-worker", namespace: "n" } };

/** A secret that is long enough to be one, of any characters. */
const secret = fc
  .string({ minLength: 12, maxLength: 60, unit: "grapheme-ascii" })
  .filter((text) => text.trim().length >= 12);

describe("what the API server says of an object", () => {
  it("shows no secret, in whatever form it quotes it", () => {
    const forms: [string, (value: string) => string][] = [
      ["as it is", (value) => value],
      ["in base64", base64],
      ["as Go quotes it", (value) => JSON.stringify(value)],
      ["in the middle of a word", (value) => `x${value}x`],
    ];
    const place = fc.constantFrom("data", "stringData");
    fc.assert(
      fc.property(secret, place, fc.constantFrom(...forms), (value, field, [, quote]) => {
        const content = field === "data" ? base64(value) : value;
        const message = refusal(`Invalid value: ${quote(value)}: must not be`, { [field]: { key: content } });
        expect(message).not.toContain(value.trim());
        expect(message).not.toContain(base64(value));
        expect(message).toMatch(
          /^The API server refuses Pod n\/packit-worker: Invalid value: .*<secret>.*: must not be$/,
        );
      }),
    );
  });

  it("shows no bytes of a file that is no text, in the form in which it travels", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 60 }), (bytes) => {
        const value = Buffer.from(bytes).toString("base64");
        expect(refusal(`Invalid value: "${value}"`, { data: { keytab: value } })).not.toContain(value);
      }),
    );
  });

  it("shows no line of a secret file that is short, but is a line of its own", () => {
    const stringData = { file: "[copr]\nlogin = x\nkey = ab1\n" };
    const message = refusal('line "login = x" and then key = ab1', { stringData });
    expect(message).toContain('line "<secret>" and then <secret>');
  });

  it("shows no longer part of a secret, be it cut at its beginning or its end", () => {
    fc.assert(
      fc.property(
        fc.base64String({ minLength: 40 }),
        fc.nat(20),
        fc.integer({ min: 13, max: 20 }),
        (value, from, length) => {
          const part = value.slice(from, from + length).replaceAll("=", "");
          fc.pre(part.length >= 12);
          expect(refusal(`Invalid value: "${part}..."`, { stringData: { key: value } })).toContain(
            '"<secret>..."',
          );
        },
      ),
    );
  });

  it("shows no line of a secret file, and no short secret", () => {
    const stringData = { file: "[copr]\nlogin = x\ntoken = abc123\n", short: "h2!", number: "77" };
    const message = refusal('line "token = abc123", value "h2!", 77 and 770', { stringData });
    expect(message).toContain('line "<secret>", value "<secret>", <secret> and 770');
  });

  it("stays readable where a secret is a word that others use", () => {
    const message = refusal("pods packit-worker-0 of packit--stg: not found", {
      stringData: { user: "packit" },
    });
    expect(message).toContain("pods packit-worker-0 of packit--stg: not found");
  });

  it("is told of all objects at once", () => {
    const error = new ApiError(422, "no");
    const two = [POD, { ...POD, metadata: { name: "other" } }].map((object) => ({ object, error }));
    expect(refused(two, []).message).toBe(
      "The API server refuses 2 objects:\n  Pod n/packit-worker: no\n  Pod other: no",
    );
  });
});

describe("what is said in place of an API server", () => {
  it.each([
    [
      "a page of something between",
      "<html><body>Log in, jo@example.com</body></html>",
      "GET /api was answered with 502",
    ],
    ["a page that begins with a line end", "\n <!DOCTYPE html>", "GET /api was answered with 502"],
    ["nothing", "", "GET /api was answered with 502"],
    ["a Status without a message", '{"kind":"Status"}', "GET /api was answered with 502"],
    ["bare text of its own parts", "etcd is away\n", "etcd is away"],
    ["a Status", '{"kind":"Status","message":"no such thing"}', "no such thing"],
  ])("is told if it is %s", (_, text, said) => {
    expect(problemOf("GET /api", { status: 502, text })).toBe(said);
  });
});

function refusal(message: string, contents: object): string {
  const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, ...contents };
  return refused([{ object: POD, error: new ApiError(422, message) }], [POD, object]).message;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
