import { describe, expect, it } from "vitest";
import { z } from "zod";
import { schema } from "../../components/schema.ts";
import { reference } from "../../settings/reference.ts";
import { POOL, poolOf } from "../support/pool.ts";
import { settingsOf } from "../support/stacks.ts";

const GITLAB = { "gitlab.gnome.org": { instanceUrl: "https://gitlab.gnome.org" } };

describe("a map with a default", () => {
  it("is added to: forges", () => {
    const { forges } = settingsOf("stage", { forges: GITLAB, secrets: tokens("gitlab.gnome.org") });
    expect(Object.keys(forges)).toEqual([
      "github.com",
      "gitlab.com",
      "src.fedoraproject.org",
      "gitlab.gnome.org",
    ]);
  });

  it("keeps the fields that an entry does not give, and takes those that it gives", () => {
    const forges = { "github.com": { githubApp: false }, "gitlab.com": { type: "gitlab" } };
    expect(settingsOf("stage", { forges, secrets: tokens("github.com") }).forges).toMatchObject({
      "github.com": { instanceUrl: "https://github.com", githubApp: false },
      "gitlab.com": { instanceUrl: "https://gitlab.com", type: "gitlab" },
    });
  });

  it("has no entry that is not enabled, whose token nobody asks for or takes", () => {
    const off = { forges: { "gitlab.com": { enabled: false } } };
    const without = settingsOf("stage", { ...off, secrets: { forgeTokens: { "gitlab.com": undefined } } });
    expect(Object.keys(without.forges)).toEqual(["github.com", "src.fedoraproject.org"]);
    expect(() => settingsOf("stage", off)).toThrow(
      'packit:secrets.forgeTokens["gitlab.com"]\n    given    an unknown key',
    );
  });

  it("asks a new entry for what it must have", () => {
    const forges = { "gitlab.gnome.org": { enabled: true } };
    expect(() => settingsOf("stage", { forges, secrets: tokens("gitlab.gnome.org") })).toThrow(
      'packit:forges["gitlab.gnome.org"].instanceUrl',
    );
  });

  it("is that of the role: Fedora CI has dist-git's forge alone, and others are refused", () => {
    expect(Object.keys(settingsOf("fedora-ci").forges)).toEqual(["src.fedoraproject.org"]);
    expect(() => settingsOf("fedora-ci", { forges: { "github.com": { githubApp: true } } })).toThrow(
      'packit:forges["github.com"]',
    );
  });

  it("is added to: annotations of an Ingress, whose default is left out by a word", () => {
    const usual = { "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS" };
    const own = { "nginx.ingress.kubernetes.io/proxy-body-size": "8m" };
    const other = { "nginx.ingress.kubernetes.io/backend-protocol": "GRPCS" };
    const annotationsOf = (ingress: object) => settingsOf("stage", { ingress }).ingress.annotations;
    expect(annotationsOf({})).toEqual(usual);
    expect(annotationsOf({ annotations: own })).toEqual({ ...usual, ...own });
    expect(annotationsOf({ annotations: other })).toEqual(other);
    expect(annotationsOf({ annotations: own, defaultAnnotations: false })).toEqual(own);
  });

  it("is added to: macros, of which false leaves one out", () => {
    const macrosOf = (default_parse_time_macros: object) =>
      settingsOf("stage", { packitConfig: { default_parse_time_macros } }).packitConfig
        .default_parse_time_macros;
    expect(macrosOf({ rhel: 9 })).toEqual({ fedora: 0, rhel: 9 });
    expect(macrosOf({ fedora: 41 })).toEqual({ fedora: 41 });
    expect(macrosOf({ fedora: false, rhel: 9 })).toEqual({ rhel: 9 });
  });
});

describe("a list with a default", () => {
  it("is replaced, and has a sister that adds where losing items is dangerous", () => {
    const topicsOf = (changes: object) =>
      settingsOf("stage", { fedoraMessaging: changes }).fedoraMessaging.topics;
    const usual = topicsOf({});
    expect(topicsOf({ topics: ["a.b"] })).toEqual(["a.b"]);
    expect(topicsOf({ moreTopics: ["a.b", usual[0]] })).toEqual([...usual, "a.b"]);
    expect(topicsOf({ topics: ["a.b"], moreTopics: ["c.d"] })).toEqual(["a.b", "c.d"]);
    expect(settingsOf("stage", { sandboxPorts: [443] }).sandboxPorts).toEqual([443]);
    expect([POOL.owners, poolOf({ owners: ["ada"] }).owners]).toEqual([["packit"], ["ada"]]);
  });
});

describe("every default that is a map or a list, and holds something", () => {
  const found = defaults(schema, "");

  it("is of one of the two kinds, and settings.md says of which", () => {
    const kinds = Object.fromEntries(found.map(({ path, kind }) => [path, kind]));
    expect(kinds).toEqual({
      forges: "added to",
      "github.shared.ruleset.branches": "replaced",
      "github.shared.webhooks.KEY.events": "replaced",
      "ingress.annotations": "added to",
      "packitConfig.default_parse_time_macros": "added to",
      "fedoraMessaging.topics": "replaced",
      apiServerPorts: "replaced",
      sandboxPorts: "replaced",
      "testInstances.owners": "replaced",
      "testInstances.allowlist": "replaced",
      "release.repositories": "replaced",
      "release.monorepo.others": "replaced",
    });
    const said = {
      "added to": "what is given is added to the default",
      replaced: "given, it replaces the default",
    };
    for (const { path, kind } of found) {
      const row = reference()
        .split("\n")
        .find((line) => line.startsWith(`| \`${path}\` |`));
      expect(row).toContain(said[kind]);
    }
  });
});

/** The defaults of a schema, and of all that is in it. */
function defaults(schema: z.core.$ZodType, path: string): { path: string; kind: "added to" | "replaced" }[] {
  const inner = (one: z.core.$ZodType, name: string) => defaults(one, path === "" ? name : `${path}.${name}`);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const { defaultValue } = schema.def;
    const isAdded = z.globalRegistry.get(schema)?.addedTo !== undefined;
    const isFull = typeof defaultValue === "object" && Object.keys(defaultValue ?? {}).length > 0;
    const kind = isAdded ? "added to" : "replaced";
    // A map that a schema itself would replace is of neither kind.
    if (isFull && !Array.isArray(defaultValue)) return [{ path: `${path}: a map`, kind }];
    return [...(isAdded || isFull ? [{ path, kind } as const] : []), ...defaults(schema.unwrap(), path)];
  }
  if (schema instanceof z.ZodOptional) return defaults(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return [...defaults(schema.in, path), ...defaults(schema.out, path)];
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, one]) => inner(one, name));
  if (schema instanceof z.ZodRecord) return inner(schema.valueType, "KEY");
  return schema instanceof z.ZodArray ? inner(schema.element, "[]") : [];
}

function tokens(host: string): object {
  return { forgeTokens: { [host]: "token" } };
}
