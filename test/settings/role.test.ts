import { describe, expect, it } from "vitest";
import { settingsOf } from "../support/stacks.ts";

const FORGEJO = {
  "forge.fedoraproject.org": { instanceUrl: "https://forge.fedoraproject.org", type: "forgejo" },
};
const distGit = { url: "https://forge.fedoraproject.org/" };
const token = { "forge.fedoraproject.org": "a-token" };

describe.each(["fedora-ci", "fedora-ci-stage"])("%s, as docs/fedora-ci.md says", (stack) => {
  it("follows dist-git to Forgejo, whose forge takes the former one's place", () => {
    const forges = { ...FORGEJO, "src.fedoraproject.org": undefined };
    const former = { "src.fedoraproject.org": undefined };
    const secrets = { forgeTokens: { ...token, ...former } };
    expect(settingsOf(stack, { distGit, forges, secrets, secretRecords: former }).distGit.url).toBe(
      distGit.url,
    );
  });

  it("has no forge beside dist-git's, before and after", () => {
    const secrets = { forgeTokens: token };
    for (const changes of [{}, { distGit }])
      expect(() => settingsOf(stack, { ...changes, forges: FORGEJO, secrets })).toThrow(
        "dist-git's forge alone",
      );
  });
});
