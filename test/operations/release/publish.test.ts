import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Stopped } from "../../../operations/release/stopped.ts";
import { begun } from "../../support/release/begun.ts";
import { World } from "../../support/release/world.ts";

const PATH = "weekly/2026/week-49.md";
const COMMIT = { settings: { blog: { as: "commit" } } };
const TOLD = "- Thing 2 of ogr works now. ([ogr#2](https://github.com/packit/ogr/pull/2))";

/** What texts do not need. */
const WITHOUT = ["check-stage", "announce", "wait-images", "deploy", "verify", "restore-topics"];

const GO_ON = { choices: { without: WITHOUT } };

/** A release up to the step that publishes. */
async function written(world: World, args: Parameters<typeof begun>[0] = {}) {
  const made = await begun({ ...GO_ON, ...args }, world);
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

  it.each([COMMIT, {}])("is none that was reviewed over another one than there is: %j", async (args) => {
    const world = await World.make();
    const { files } = world.services.blog;
    files.set(`main ${PATH}`, "Before.\n");
    const edit = async () => Promise.reject(new Stopped("Left at a question."));
    await expect(written(world, { ...args, asker: { mode: "person", edit } })).rejects.toThrow("Left");
    files.set(`main ${PATH}`, "Before.\nAdded since.\n");
    const { release } = await written(world, args);
    await expect(release.next()).rejects.toThrow("was changed since the notes were written");
    expect([...files.values()]).toEqual(["Before.\nAdded since.\n"]);
  });

  it("is told in a dry run, without a question or a complaint, where there is one already", async () => {
    const world = await World.make();
    world.services.blog.files.set(`main ${PATH}`, "Before.\n");
    await written(world);
    const dry = await begun({ ...GO_ON, isDry: true, asker: { mode: "nobody" } }, world);
    await dry.release.next();
    expect(dry.context.said.join("\n")).toContain("would: open a pull request");
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
  it("that is not taken as it is, is changed in its file and published", async () => {
    const world = await World.make();
    const { context, release } = await written(world);
    world.services.refuses = (line) => (/^mastodon POST/.test(line) ? 422 : undefined);
    const file = join(context.folder, "posts.txt");
    await expect(release.next()).rejects.toThrow(
      `Mastodon does not take a post as it is (422): {"error":"no"}\nChange post 1 in ${file}, and none before it: these are posted. Then: ./ops release resume`,
    );
    world.services.refuses = () => undefined;
    writeFileSync(file, "x".repeat(501));
    await expect((await begun(GO_ON, world)).release.next()).rejects.toThrow("Post 1 has 501 characters");
    writeFileSync(file, "Shorter.");
    await (await begun(GO_ON, world)).release.next();
    expect(world.outside.toots).toEqual(["Shorter."]);
    expect(world.outside).toMatchObject({
      commits: [expect.stringContaining(PATH)],
      pulls: [expect.any(String)],
    });
  });

  it.each([
    ["left where they are", "One\n---\nTwo\n---\nMended"],
    ["one taken out", "Two\n---\nMended"],
    ["all taken out", "Mended"],
    ["another one put before", "Zero\n---\nOne\n---\nTwo\n---\nMended"],
  ])("is published once each, with those that were before it %s", async (_, text) => {
    const world = await World.make();
    const edit = async (path: string) => {
      if (path.endsWith("posts.txt")) writeFileSync(path, "One\n---\nTwo\n---\nWrong");
    };
    const { context, release } = await written(world, { asker: { mode: "person", edit } });
    let left = 2;
    world.services.refuses = (line) => (/^mastodon POST/.test(line) && left-- <= 0 ? 422 : undefined);
    await expect(release.next()).rejects.toThrow("Change post 3");
    world.services.refuses = () => undefined;
    writeFileSync(join(context.folder, "posts.txt"), text);
    await (await begun(GO_ON, world)).release.next();
    const wanted = ["One", "Two", "Mended", ...(text.startsWith("Zero") ? ["Zero"] : [])];
    expect([...world.outside.toots].sort()).toEqual(wanted.sort());
  });
});
