import { RunError } from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EnvironmentError, explain, UserError } from "../errors.ts";

describe("an error", () => {
  it.each([
    ["https://user:password@github.com/x", "https://…@github.com/x"],
    ["https://token@github.com/x is no repository.", "https://…@github.com/x is no repository."],
    ['"ssh://git:password@example.com:22/x"', '"ssh://…@example.com:22/x"'],
    ["'https://u:p@one/' and 'https://u:p@two/'", "'https://…@one/' and 'https://…@two/'"],
    ["https://u:p/a@s?s#w@example.com", "https://…@example.com"],
    ["https://host:8443/path?a=b and me@example.com", "https://host:8443/path?a=b and me@example.com"],
    ["pip install git+https://github.com/x/y@0123abc", "pip install git+https://github.com/x/y@0123abc"],
    ["quay.io/x/y:tag@sha256:0123", "quay.io/x/y:tag@sha256:0123"],
  ])("says of %s: %s", (given, said) => {
    expect(new UserError(given).message).toBe(said);
    expect(new EnvironmentError(given).message).toBe(said);
    expect(explain(new Error(given))).toContain(said);
  });

  it.each([UserError, EnvironmentError])("is shown by Pulumi without its stack: %o", (Shown) => {
    expect(RunError.isInstance(new Shown("wrong"))).toBe(true);
  });

  it("shows no password of an address, whatever the password is", () => {
    const password = fc.stringMatching(/^\S{8,20}$/);
    fc.assert(
      fc.property(password, password, (user, secret) => {
        const { message } = new UserError(`No: https://user-${user}:secret-${secret}@example.com/x.`);
        return !message.includes(`secret-${secret}`);
      }),
    );
  });
});
