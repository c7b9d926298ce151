import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { releaseSettings } from "../../../components/release/settings.ts";
import { difference } from "../../../operations/release/monorepo.ts";
import { oldTags } from "../../../operations/release/old-tags.ts";
import { withNotice } from "../../../operations/release/topics.ts";

describe("old tags", () => {
  const name = fc.oneof(
    fc.constantFrom("prod", "stg", "latest", "v1.2", "stable", "by-hand", "pr-12-abcdef0"),
    fc.stringMatching(/^(main|stable)-[0-9a-f]{7}(-[0-9]{10})?$/),
  );
  const tag = fc.record({ name, digest: fc.constantFrom(..."abcdefghij"), since: fc.nat(100) });

  it("are never those that are needed, that move, that are young, or among the newest", () => {
    const args = fc.record({
      tags: fc.uniqueArray(tag, { selector: (one) => one.name, maxLength: 40 }),
      needed: fc.array(fc.constantFrom(..."abcdefghij")).map((all) => new Set(all)),
      keep: fc.nat(10),
      youngest: fc.nat(100),
    });
    fc.assert(
      fc.property(args, (given) => {
        const old = oldTags(given);
        const builds = given.tags.filter(({ name }) => /^(main|stable)-[0-9a-f]{7}/.test(name));
        const moving = given.tags.filter((one) => !builds.includes(one)).map(({ digest }) => digest);
        for (const { name, digest, since } of old) {
          expect(name).toMatch(/^(main|stable)-/);
          expect(given.needed.has(digest) || moving.includes(digest)).toBe(false);
          expect(since).toBeLessThan(given.youngest);
        }
        expect(builds.length - old.length).toBeGreaterThanOrEqual(Math.min(given.keep, builds.length));
      }),
    );
  });

  it("are those builds that nobody needs, the oldest first", () => {
    const tags = [
      { name: "prod", digest: "a", since: 99 },
      { name: "stable-aaaaaaa-1", digest: "a", since: 1 },
      { name: "stable-bbbbbbb-1", digest: "b", since: 3 },
      { name: "main-ccccccc", digest: "c", since: 2 },
      { name: "stable-ddddddd-1", digest: "d", since: 90 },
    ];
    const old = oldTags({ tags, needed: new Set(), keep: 1, youngest: 50 });
    expect(old.map(({ name }) => name)).toEqual(["main-ccccccc", "stable-bbbbbbb-1"]);
  });
});

describe("a topic with the notice", () => {
  it.each([
    ["", 50, "Busy."],
    ["Welcome", 50, "Busy. | Welcome"],
    ["Welcome", 10, "Busy."],
    ["Welcome", 4, "Bus…"],
  ])("before %j, of at most %i characters, is %j", (topic, limit, wanted) => {
    expect(withNotice(topic, "Busy.", limit)).toBe(wanted);
  });

  it("fits Slack as it is by default", () => {
    expect(releaseSettings.parse({}).notice.length).toBeLessThanOrEqual(250);
  });
});

describe("the list of repositories", () => {
  // As packit/production-monorepo has it.
  const names = [
    "packit",
    "packit-service",
    "ogr",
    "specfile",
    "packit-service-fedmsg",
    "sandcastle",
    "dashboard",
  ];
  const file = (paths: readonly string[]) =>
    paths
      .map(
        (path) =>
          `[submodule "${path}"]\n\tpath = ${path}\n\turl = https://github.com/packit/${path}.git\n\tbranch = stable\n`,
      )
      .join("");

  it("agrees with the monorepo as it is", () => {
    expect(difference(releaseSettings.parse({}), file([...names, "tokman", "hardly"]))).toBeUndefined();
  });

  it("does not where either has one more", () => {
    const said = difference(releaseSettings.parse({}), file([...names.slice(1), "tokman", "hardly", "new"]));
    expect(said).toContain("new: a submodule that no setting knows");
    expect(said).toContain("packit: no submodule");
  });
});
