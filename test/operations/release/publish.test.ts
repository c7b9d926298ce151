import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { begun } from "../../support/release/begun.ts";
import { World } from "../../support/release/world.ts";

const PATH = "weekly/2026/week-49.md";
const COMMIT = { settings: { blog: { as: "commit" } } };
const TOLD = "- Thing 2 of ogr works now. ([ogr#2](https://github.com/packit/ogr/pull/2))";

/** A release up to the step that publishes. */
async function written(world: World, args: Parameters<typeof begun>[0] = {}) {
  const made = await begun(args, world);
  while ((await made.release.next())?.name !== "publish");
  return made;
}

describe("a blog post", () => {
  it.each([
    ["is put at once", COMMIT],
    ["is merged by somebody", {}],
  ])("of a week that has one already is written after it, where it %s", async (_, args) => {
    const world = await World.make();
    const { files } = world.services.blog;
    const former = "---\ntitle: Packit in November 2026\n---\n\n## Week 49\n\n- Before.\n";
    files.set(`main ${PATH}`, former);
    const { release } = await written(world, args);
    // A branch has what its base has.
    const { branches } = world.services.blog;
    world.services.onRequest = () => {
      for (const branch of branches.keys()) {
        const key = `${branch} ${PATH}`;
        if (!files.has(key)) files.set(key, former);
      }
    };
    await release.next();
    const text = [...files.entries()].find(([, one]) => one !== former)?.[1] ?? "";
    expect(text.startsWith(`${former.trimEnd()}\n${TOLD}\n`)).toBe(true);
  });

  it("is not put over what somebody has written since", async () => {
    const world = await World.make();
    const { release } = await written(world, COMMIT);
    world.services.blog.files.set(`main ${PATH}`, "Mine.");
    await expect(release.next()).rejects.toThrow(`${PATH} of packit/packit.dev was changed since`);
    expect(world.services.blog.files.get(`main ${PATH}`)).toBe("Mine.");
  });

  it("has a branch of its own, whatever another release has left", async () => {
    const world = await World.make();
    const { blog } = world.services;
    blog.branches.set("release-notes-tried", "a".repeat(40));
    blog.pulls.push({ head: "release-notes-tried-2", title: "merged, and its branch removed" });
    const { release } = await written(world);
    await release.next();
    expect(blog.pulls.map(({ head }) => head)).toEqual(["release-notes-tried-2", "release-notes-tried-3"]);
  });
});

describe("a post at Mastodon", () => {
  it("that is not taken as it is, is changed in its file and published, and no other one twice", async () => {
    const world = await World.make();
    const { context, release } = await written(world);
    let isTooLong = true;
    world.services.refuses = (line) => (/^mastodon POST/.test(line) && isTooLong ? 422 : undefined);
    const file = join(context.folder, "posts.txt");
    await expect(release.next()).rejects.toThrow(
      `Mastodon does not take a post as it is (422): {"error":"no"}\nChange post 1 in ${file}, then: ./ops release resume`,
    );
    isTooLong = false;
    writeFileSync(file, "x".repeat(501));
    await expect((await begun({}, world)).release.next()).rejects.toThrow("Post 1 has 501 characters");
    writeFileSync(file, `${readFileSync(file, "utf8").slice(0, 3)}Shorter.\n---\nAnother.\n`);
    await (await begun({}, world)).release.next();
    expect(world.outside.toots).toEqual(["Another.", "xxxShorter."]);
    expect(world.outside).toMatchObject({
      commits: [expect.stringContaining(PATH)],
      pulls: [expect.any(String)],
    });
  });
});
