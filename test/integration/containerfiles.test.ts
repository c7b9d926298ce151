import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { imageBuilds } from "../../components/image-builds/builds.ts";
import { ROOT } from "../support/stacks.ts";
import { goProgram } from "./go.ts";

/** What a Containerfile does, to the library by which OpenShift's builder and buildah read it. */
interface Built {
  readonly error?: string;
  readonly from: string;
  readonly copied: readonly string[] | null;
  readonly runs: readonly string[] | null;
  readonly env: readonly string[] | null;
  readonly workingDir: string;
  readonly cmd: readonly string[] | null;
  /** Arguments that no ARG declares. */
  readonly unused: readonly string[] | null;
}

const reader = await goProgram("containerfiles");
const BUILDS = imageBuilds({ branch: "stable", apiUrl: "https://example.com/api", images: [] });

describe.skipIf(reader.missing)("a Containerfile, to OpenShift's builder", () => {
  const read = async (texts: readonly { text: string; args: object }[]) => await reader.ask<Built[]>(texts);

  it.each(
    BUILDS.map((build) => [build.name, build] as const),
  )("is one, with every argument that %s is built with, and no other", async (_, { containerfile, args }) => {
    const text = "text" in containerfile ? containerfile.text : "";
    const [built] = await read([{ text, args }]);
    expect(built?.error).toBeUndefined();
    expect(built?.unused ?? []).toEqual([]);
    const declared = [...text.matchAll(/^ARG (\w+)/gm)].map(([, name]) => name);
    expect(Object.keys(args).sort()).toEqual(declared.sort());
  });

  it("copies what says what is installed, and nothing that changes more often", async () => {
    const bases = BUILDS.filter(({ name }) => name.endsWith("-base"));
    for (const { name, containerfile, args } of bases) {
      const text = "text" in containerfile ? containerfile.text : "";
      const [built] = await read([{ text, args }]);
      const playbook = name === "packit-service-base" ? "install-deps.yaml" : "install-deps-worker.yaml";
      expect(built?.copied).toEqual(["files/tasks/ /src/files/tasks/", `files/${playbook} /src/files/`]);
      expect(built?.env).toEqual(expect.arrayContaining(["USER=packit", "HOME=/home/packit"]));
    }
    expect(bases).toHaveLength(2);
  });

  it("is the reaper's, too", async () => {
    const text = readFileSync(join(ROOT, "reaper.Containerfile"), "utf8");
    const [built] = await read([{ text, args: {} }]);
    expect(built).toMatchObject({ workingDir: "/opt/deployment", copied: [". /opt/deployment/"] });
    expect(built?.error).toBeUndefined();
  });

  it.each([
    ["FORM scratch\n", /no FROM/],
    ["FROM a\nRUNN true\n", /no instruction/],
    ["FROM a\nCOPY one\n", /COPY/i],
  ])("is not %j", async (text, message) => {
    const [built] = await read([{ text, args: {} }]);
    expect(built?.error).toMatch(message);
  });
});
