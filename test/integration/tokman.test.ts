import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tokmanConfig } from "../../components/tokman/config.ts";
import { temporaryFolder } from "../support/folder.ts";
import { tool } from "./tools.ts";

const python = await tool("python");

/** What tokman does at its start. */
const LOAD = `
import json
from flask import Config
config = Config("/")
config.from_envvar("TOKMAN_CONFIG")
print(json.dumps(config))
`;

describe.skipIf(python.missing)("tokman's config.py, to Flask", () => {
  it("says where tokens are kept, and as which App they are asked for", async () => {
    expect(await load({ GITHUB_APP_ID: "17" })).toEqual({
      SQLALCHEMY_DATABASE_URI: "sqlite:////access_tokens/access_tokens.db",
      SQLALCHEMY_TRACK_MODIFICATIONS: false,
      GITHUB_APP_ID: "17",
      GITHUB_APP_PRIVATE_KEY: "/secrets/private-key.pem",
      TOKEN_RENEW_AT: 60,
    });
  });

  it("is refused without the App's id", async () => {
    await expect(load({})).rejects.toThrow(/KeyError: 'GITHUB_APP_ID'/);
  });
});

async function load(env: Record<string, string>): Promise<unknown> {
  const file = join(temporaryFolder(), "config.py");
  writeFileSync(file, tokmanConfig({ privateKey: "/secrets/private-key.pem" }));
  const { stdout } = await python.run(["-c", LOAD], { env: { TOKMAN_CONFIG: file, ...env } });
  return JSON.parse(stdout);
}
