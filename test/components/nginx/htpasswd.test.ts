import { describe, expect, it } from "vitest";
import { htpasswd } from "../../../components/nginx/htpasswd.ts";

const ACCOUNT = { user: "flower-boss", password: "correct-horse_7", saltKey: "salt" };

describe("htpasswd()", () => {
  it("makes the same text each time, so that nothing is rolled for no reason", () => {
    expect(htpasswd(ACCOUNT)).toBe(htpasswd({ ...ACCOUNT }));
  });

  it("makes another text, and of another salt, for any other input", () => {
    const others = [{ saltKey: "pepper" }, { password: "another" }, { user: "another" }];
    const texts = [{}, ...others].map((other) => htpasswd({ ...ACCOUNT, ...other }));
    const salts = texts.map((text) => /^[^:]+:(\$2b\$05\$.{22}).{31}\n$/.exec(text)?.[1]);
    expect(salts).not.toContain(undefined);
    expect(new Set(salts).size).toBe(texts.length);
  });

  it("holds the password nowhere", () => {
    expect(htpasswd(ACCOUNT)).not.toContain(ACCOUNT.password);
  });
});
