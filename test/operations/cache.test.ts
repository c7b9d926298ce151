import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cacheVolumes, repositoryOf } from "../../components/repository-cache/settings.ts";
import { chosenRepositories, chosenWorkers } from "../../operations/cache.ts";
import { cloneAt, sendClone } from "../../operations/cache-clone.ts";
import { readLog } from "../../operations/cache-log.ts";
import { cloneWith, git, origin, Volume } from "../integration/git-cache.ts";
import { temporaryFolder } from "../support/folder.ts";
import { settingsOf } from "../support/stacks.ts";

const SYSTEMD = { url: "https://github.com/systemd/systemd.git" };
const settings = settingsOf("prod", { repositoryCache: { repositories: [SYSTEMD] } });

describe("the workers whose caches are meant", () => {
  it("are all that have one, or those that are named by name or number", () => {
    const [first, second] = ["packit-worker-long-running-0", "packit-worker-long-running-1"];
    expect(chosenWorkers(settings, [])).toEqual([first, second]);
    expect(chosenWorkers(settings, ["1", second])).toEqual([second]);
  });

  it.each([
    ["a worker that is not there", ["7"], settings, /--worker 7 is not one of packit-worker-long-running-0/],
    [
      "a stack without a cache",
      [],
      settingsOf("stage", { repositoryCache: { enabled: false } }),
      /stage has no cache/,
    ],
  ])("are not %s", (_, named, of, message) => {
    expect(() => chosenWorkers(of, named)).toThrow(message);
  });
});

describe("the repositories that are meant", () => {
  it("are those of the settings, or named ones, known or not", () => {
    const systemd = { name: "systemd", ...SYSTEMD, branches: [] };
    expect(chosenRepositories(settings, [])).toEqual([systemd]);
    const other = "https://gitlab.com/cki-project/kernel-ark";
    expect(chosenRepositories(settings, ["systemd", other])).toEqual([systemd, repositoryOf({ url: other })]);
  });

  it.each([
    ["a name that is mistyped", ["sytemd"], settings, "Did you mean systemd?"],
    ["an address with another scheme", ["git://github.com/systemd/systemd"], settings, "neither an https"],
    ["nothing", [], settingsOf("stage"), "packit:repositoryCache.repositories"],
  ])("are not %s", (_, named, of, message) => {
    expect(() => chosenRepositories(of, named)).toThrow(message);
  });

  it.each([
    "https://user:password@github.com/systemd/systemd",
    "https://password@github.com/systemd/systemd",
    "https://user:pass word@github.com/systemd/systemd",
    "https://user:pass/word@github.com/systemd/systemd",
    "user:password@github.com/systemd/systemd",
    "git@github.com:password/systemd",
  ])("are not shown where they may hold a password: %s", (address) => {
    const chosen = () => chosenRepositories(settingsOf("stage"), [address]);
    expect(chosen).toThrow(/^--repository has an @, and so perhaps a password/);
    expect(chosen).not.toThrow(/systemd|github|user:|pass ?\/?word@/);
  });
});

describe("a clone on this machine", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("is streamed into the volume that a pod holds, and can be borrowed from there", async () => {
    const kernel = await origin("kernel");
    await kernel.commit("second", 200_000, "topic");
    const volume = new Volume();
    const calls = standIn(volume);
    const path = join(temporaryFolder(), "clone");
    await git(kernel.path, "tag", "v1", "topic");
    await git(".", "clone", "--quiet", kernel.url, path);
    await git(path, "remote", "add", "local", kernel.url);
    await git(path, "fetch", "--quiet", "local");
    const clone = await cloneAt(path, "kernel");
    expect(clone.bytes).toBeGreaterThan(200_000);
    const said = await sendClone({ ...where(), clone });
    expect(readLog(said).repositories).toMatchObject([
      { repository: "kernel", state: "done", detail: "received" },
    ]);
    expect(await cloneWith(volume.copy("kernel"), kernel.url)).toBe(0);
    expect(await git(volume.copy("kernel"), "tag")).toBe("v1");
    const [, call = ""] = (await calls()).split("\n");
    expect(call).toMatch(
      /^--kubeconfig \/a\/kubeconfig --context prod --namespace sandbox exec --stdin filler --container cache -- python3 -c/,
    );
  });

  it("that is too large for the volume is refused with the numbers", async () => {
    const kernel = await origin("kernel");
    const volume = new Volume();
    standIn(volume);
    const clone = { ...(await cloneAt(kernel.path, "kernel")), bytes: 10 ** 15 };
    const [report] = readLog(await sendClone({ ...where(), clone })).repositories;
    expect(report).toMatchObject({
      state: "failed",
      detail: expect.stringMatching(/^needs 10{15} bytes, and \d+/),
    });
  });

  it("cannot be sent where the way is closed, which is said", async () => {
    const kernel = await origin("kernel");
    standIn(new Volume(), "echo 'error: you are not logged in' >&2; exit 1");
    const clone = await cloneAt(kernel.path, "kernel");
    await expect(sendClone({ ...where(), clone })).rejects.toThrow(
      /streamed to filler: error: you are not logged in/,
    );
  });

  it("that does not arrive whole is said to, whoever broke off", async () => {
    const kernel = await origin("kernel");
    const clone = await cloneAt(kernel.path, "kernel");
    const begun = `echo '{"repository": "kernel", "state": "working"}'; cat > /dev/null`;
    standIn(new Volume(), `${begun}; echo 'error: lost connection to pod' >&2; exit 1`);
    await expect(sendClone({ ...where(), clone })).rejects.toThrow(/lost connection to pod/);
    rmSync(join(kernel.path, ".git/objects"), { recursive: true });
    await expect(sendClone({ ...where(), clone })).rejects.toThrow(/git cannot read all of/);
  });

  it.each([
    ["shallow", ["--depth=1"], /is shallow/],
    ["partial", ["--filter=blob:none"], /partial clone/],
  ])("is refused if it is %s", async (_, options, message) => {
    const kernel = await origin("kernel");
    await git(kernel.path, "config", "uploadpack.allowFilter", "true");
    await kernel.commit("second");
    const path = join(temporaryFolder(), "clone");
    await git(".", "clone", "--quiet", ...options, kernel.url, path);
    await expect(cloneAt(path, "kernel")).rejects.toThrow(message);
  });

  it("is refused if there is none", async () => {
    await expect(cloneAt(temporaryFolder(), "kernel")).rejects.toThrow(/is no clone that git can read/);
  });
});

const [sandbox] = cacheVolumes("packit-worker-0", { namespace: "packit", sandboxNamespace: "sandbox" });
const where = () => ({
  access: { kubeconfig: "/a/kubeconfig", context: "prod" },
  volume: sandbox,
  pod: "filler",
  signal: new AbortController().signal,
});

/** An `oc` that writes down its arguments, and runs here what it is to run in a pod. Returns what was written. */
function standIn(volume: Volume, instead = ""): () => Promise<string> {
  const folder = temporaryFolder();
  const calls = join(folder, "calls");
  const lines = [
    "#!/bin/bash",
    `echo "$*" | head -1 >> ${calls}`,
    '[ "$1" = version ] && exit 0',
    instead,
    'while [ "$1" != -- ]; do shift; done; shift',
    'exec "$@"',
  ];
  writeFileSync(join(folder, "oc"), lines.join("\n"));
  chmodSync(join(folder, "oc"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  for (const [name, value] of Object.entries(volume.env)) vi.stubEnv(name, value);
  return async () => readFileSync(calls, "utf8");
}
