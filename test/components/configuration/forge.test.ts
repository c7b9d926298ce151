import { describe, expect, it } from "vitest";
import { forgeRefusals } from "../../../components/configuration/forge.ts";
import { settingsOf } from "../../support/stacks.ts";

const at = (host: string, type?: "gitlab" | "pagure" | "forgejo") =>
  forgeRefusals({ forges: { [host]: { type } } });

describe("a forge", () => {
  it.each([
    ["github.com", undefined],
    ["gitlab.gnome.org", undefined],
    ["salsa.debian.org", undefined],
    ["pagure.io", undefined],
    ["src.stg.fedoraproject.org", undefined],
    ["codeberg.org", undefined],
    ["forge.fedoraproject.org", "forgejo"],
    ["git.example.org", "gitlab"],
    ["gitlab.com", "gitlab"],
  ] as const)("may be at %s with the type %s", (host, type) => expect(at(host, type)).toEqual([]));

  it.each([
    ["git.example.org", undefined],
    ["forge.fedoraproject.org", undefined],
    ["github.example.org", undefined],
    ["gitlab.com", "pagure"],
    ["github.com", "gitlab"],
    ["codeberg.org", "gitlab"],
  ] as const)("may not be at %s with the type %s", (host, type) => {
    const [refusal, ...others] = at(host, type);
    expect(others).toEqual([]);
    expect(refusal).toMatchObject({ path: ["forges", host, "type"] });
  });

  it.each(["gitea", "Forgejo", "github", "https://gitlab.com"])("may not be of the type %s", (type) => {
    const forges = { "git.example.org": { instanceUrl: "https://git.example.org", type } };
    expect(() => settingsOf("stage", { forges })).toThrow(
      /packit:forges\["git\.example\.org"\]\.type\n.*\n {4}allowed {2}gitlab, pagure, forgejo\n/,
    );
  });
});
