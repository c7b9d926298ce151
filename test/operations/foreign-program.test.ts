import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterEach, describe, expect, it, vi } from "vitest";
import { programAt } from "../../operations/test-instances/program.ts";
import { parseReferences } from "../../operations/test-instances/reference.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MARK } from "../support/marks.ts";

afterEach(() => vi.unstubAllEnvs());

/** Notes that it ran, and all that it could learn. */
const SPY = (file: string) => `env > ${file}`;

describe("the packages of a pull request", () => {
  it("are installed without any script of theirs or of its own being run, whatever its .npmrc says", async () => {
    const { root, folder, sha, places } = await pullRequest({ otherPackages: true });
    await programAt(root, folder, resolved(root, sha));
    expect(readFileSync(join(folder, "node_modules", "spy", "package.json"), "utf8")).toContain(
      "postinstall",
    );
    for (const place of Object.values(places)) expect(() => readFileSync(place), place).toThrow("ENOENT");
  });

  it("are fetched by an npm that learns nothing of who deploys", async () => {
    vi.stubEnv("GITHUB_TOKEN", `${MARK}-token`);
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", `${MARK}-passphrase`);
    const { root, folder, sha } = await pullRequest({ otherPackages: true });
    const said = join(temporaryFolder(), "said");
    stubProgram("npm", `${SPY(said)}; echo "$@" >> ${said}`);
    await programAt(root, folder, resolved(root, sha));
    const text = readFileSync(said, "utf8");
    expect(text).toContain(`PWD=${folder}`);
    expect(text).not.toContain(MARK);
    expect(text).not.toContain("GITHUB");
  });

  it("are this checkout's where it wants no others: nothing is installed", async () => {
    const { root, folder, sha } = await pullRequest({ otherPackages: false });
    stubProgram("npm", "exit 1");
    const program = await programAt(root, folder, resolved(root, sha));
    expect(program.root).toBe(folder);
  });
});

describe("the program of a pull request", () => {
  it("is that of the commit that was approved, though its branch has moved on since", async () => {
    const { root, folder, sha } = await pullRequest({ otherPackages: false });
    writeFileSync(join(root, "settings", "load.ts"), "throw new Error('pushed later');");
    await git(root, "commit", "--quiet", "--all", "--message", "later");
    await programAt(root, folder, resolved(root, sha));
    expect((await git(folder, "rev-parse", "HEAD")).stdout).toBe(sha);
  });

  it("is not asked for with a question that waits for an answer", async () => {
    const { root, folder, sha } = await pullRequest({ otherPackages: false });
    const said = join(temporaryFolder(), "said");
    stubProgram("git", `${SPY(said)}; exit 1`);
    await expect(programAt(root, folder, resolved(root, sha))).rejects.toThrow("`git worktree prune` failed");
    expect(readFileSync(said, "utf8")).toMatch(/^GIT_TERMINAL_PROMPT=0$/m);
  });
});

/** A checkout with a commit of somebody's, whose packages and settings for npm do what they can. */
async function pullRequest({ otherPackages }: { readonly otherPackages: boolean }) {
  const base = temporaryFolder();
  const [root, folder] = [join(base, "root"), join(base, "worktree")];
  const places = { spy: join(base, "spy"), own: join(base, "own"), prepare: join(base, "prepare") };
  const files = {
    "settings/stack-file.ts": "export const readStackFile = () => {};",
    "settings/load.ts": "export const loadSettings = () => {};",
    "render/evaluate.ts": "export const evaluate = () => {};",
    "spy/package.json": JSON.stringify({
      name: "spy",
      version: "1.0.0",
      scripts: { postinstall: SPY(places.spy) },
    }),
    "package.json": JSON.stringify({
      name: "p",
      type: "module",
      dependencies: { spy: "file:spy" },
      scripts: { postinstall: SPY(places.own), prepare: SPY(places.prepare) },
    }),
    "package-lock.json": JSON.stringify({
      name: "p",
      lockfileVersion: 3,
      packages: {
        "": { name: "p", dependencies: { spy: "file:spy" } },
        "node_modules/spy": { resolved: "spy", link: true },
        spy: { version: "1.0.0", hasInstallScript: true },
      },
    }),
    ".npmrc": "ignore-scripts=false\noffline=true\naudit=false\n",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  await git(root, "init", "--quiet");
  await git(root, "add", "--all");
  await git(root, "commit", "--quiet", "--message", "approved");
  const { stdout: sha } = await git(root, "rev-parse", "HEAD");
  // The checkout's own lockfile is another one.
  if (otherPackages) writeFileSync(join(root, "package-lock.json"), "{}");
  return { root, folder, sha, places };
}

function resolved(url: string, sha: string) {
  const [reference] = parseReferences([`deployment=commit:${sha}`]);
  if (reference === undefined) throw new Error("no reference");
  return { reference, url, ref: "HEAD", sha };
}

function git(cwd: string, ...args: string[]) {
  const who = ["-c", "user.name=me", "-c", "user.email=me@example.com"];
  return execa("git", [...who, ...args], { cwd });
}

/** Puts a program in the place of another one, by its name. */
function stubProgram(name: string, script: string): void {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
}
