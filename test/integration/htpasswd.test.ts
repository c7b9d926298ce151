import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { htpasswd } from "../../components/nginx/htpasswd.ts";
import { temporaryFolder } from "../support/folder.ts";
import { tool } from "./tools.ts";

const program = await tool("htpasswd");

const ACCOUNT = { user: "flower-boss", password: "correct horse_7 é" };

describe.skipIf(program.missing)("a file of htpasswd(), to Apache's htpasswd", () => {
  it("holds the password, and no other", async () => {
    const file = join(temporaryFolder(), "htpasswd");
    writeFileSync(file, htpasswd({ ...ACCOUNT, saltKey: "salt" }));
    const verify = (password: string) => program.run(["-vb", file, ACCOUNT.user, password]);
    expect((await verify(ACCOUNT.password)).stderr).toContain("correct");
    await expect(verify("wrong")).rejects.toThrow("password verification failed");
  });
});
