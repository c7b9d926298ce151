import { describe, expect, it } from "vitest";
import { settingsOf } from "../../support/stacks.ts";

/** The words of Packit and of its Fedora CI, in prod and in stage. */
const USED_PREFIXES = ["/packit", "/packit-stg", "/packit-ci", "/packit-ci-stg"];

const FORGEJO = {
  "forge.fedoraproject.org": { instanceUrl: "https://forge.fedoraproject.org", type: "forgejo" },
};
const distGit = { url: "https://forge.fedoraproject.org/" };
const token = { "forge.fedoraproject.org": "a-token" };

describe.each(["fedora-ci", "fedora-ci-stage"])("%s, as docs/fedora-ci.md says", (stack) => {
  it("follows dist-git to Forgejo, whose forge takes the former one's place", () => {
    const former = { "src.fedoraproject.org": undefined };
    const secrets = { forgeTokens: { ...token, ...former } };
    const settings = settingsOf(stack, { distGit, forges: FORGEJO, secrets, secretRecords: former });
    expect(settings.distGit.url).toBe(distGit.url);
    expect(Object.keys(settings.forges)).toEqual(Object.keys(FORGEJO));
  });

  it.each(
    USED_PREFIXES.concat("/x", "/x-stg"),
  )("may have the word %s for its commands only if nobody else has it, and it ends as the environment does", (word) => {
    const isOwn = word === (stack.endsWith("stage") ? "/x-stg" : "/x");
    const load = () => settingsOf(stack, { packitConfig: { comment_command_prefix: word } });
    if (isOwn) expect(load).not.toThrow();
    else expect(load).toThrow("a word that nobody uses");
  });

  it("has no forge beside dist-git's, before and after", () => {
    const former = { "src.fedoraproject.org": { enabled: true } };
    const secrets = { forgeTokens: token };
    for (const changes of [{ forges: FORGEJO }, { distGit, forges: { ...FORGEJO, ...former } }])
      expect(() => settingsOf(stack, { ...changes, secrets })).toThrow("dist-git's forge alone");
  });
});
