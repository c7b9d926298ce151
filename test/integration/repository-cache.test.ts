import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { until } from "../../cluster/until.ts";
import { proven } from "../../operations/cache-log.ts";
import { cloneWith, fillArgs, git, linesOf, origin, Volume } from "./git-cache.ts";

/** Lines of a git that kills repository-cache.py once it has done what it was asked to fetch. */
const KILLED_AFTER_FETCH = `if [[ " $* " == *" fetch "* ]]; then "$GIT" "$@"; kill -9 $PPID; exit; fi`;

describe("repository-cache.py, with git", () => {
  it("clones, then updates, and says how large and how old each copy is", async () => {
    const [systemd, kernel] = [await origin("systemd"), await origin("kernel")];
    const volume = new Volume();
    const first = await volume.fill(systemd, kernel);
    expect(first).toMatchObject({
      exitCode: 0,
      lines: [
        { repository: "systemd", state: "working" },
        { repository: "systemd", state: "done", detail: "cloned", bytes: expect.any(Number) },
        { repository: "kernel", state: "working" },
        { repository: "kernel", state: "done", detail: "cloned" },
        { volume: { bytes: expect.any(Number), free: expect.any(Number) }, lines: 4 },
      ],
    });
    await systemd.commit("second");
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(3);
    utimesSync(join(volume.copy("systemd"), "HEAD"), 7, 7);
    const second = await volume.fill(systemd);
    expect(second.lines[1]).toMatchObject({ state: "done", detail: "updated" });
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(0);
    const { lines } = await volume.run(["status"]);
    expect(lines).toMatchObject([
      { repository: "kernel", state: "there", bytes: expect.any(Number), updated: expect.any(Number) },
      { repository: "systemd", state: "there" },
      { volume: {} },
    ]);
    expect(lines[1]?.updated).toBeGreaterThan(7);
  });

  it("says what proves how each repository ended, to its last byte and no byte before", async () => {
    const origins = [await origin("systemd"), await origin("kernel")];
    const { stdout } = await new Volume().start(fillArgs(origins));
    const text = String(stdout);
    const gapOf = (log: string) => proven(log, ["systemd", "kernel"]).gap;
    expect(gapOf(text)).toBeUndefined();
    const known = Array.from(text, (_, at) => at).filter((at) => gapOf(text.slice(0, at)) === undefined);
    expect(known).toEqual([]);
  });

  it("keeps what clones have borrowed: nothing goes when a branch is rewritten or removed", async () => {
    const systemd = await origin("systemd");
    await systemd.commit("lost", 100, "topic");
    const volume = new Volume();
    await volume.fill(systemd);
    const borrowed = await git(systemd.path, "rev-parse", "topic");
    await git(systemd.path, "branch", "-D", "topic");
    await git(systemd.path, "branch", "topic");
    for (const file of ["a", "b", "c"]) {
      await systemd.commit(file);
      expect((await volume.fill(systemd)).exitCode).toBe(0);
    }
    expect(await git(volume.copy("systemd"), "cat-file", "-t", borrowed)).toBe("commit");
  });

  it("fetches only the branches that are named, whole", async () => {
    const kernel = await origin("kernel");
    await kernel.commit("other", 100, "other");
    const volume = new Volume();
    await volume.fill({ ...kernel, branches: ["main"] });
    expect(await git(volume.copy("kernel"), "for-each-ref", "--format=%(refname)")).toBe(
      "refs/remotes/origin/main",
    );
    expect(await cloneWith(volume.copy("kernel"), kernel.url)).toBe(3);
  });

  it("fetches all tags where no branch is named, be they on a branch or not", async () => {
    const systemd = await origin("systemd");
    await systemd.commit("released", 100, "release");
    await git(systemd.path, "tag", "v1", "release");
    await git(systemd.path, "branch", "-D", "release");
    const volume = new Volume();
    await volume.fill(systemd);
    expect(await git(volume.copy("systemd"), "for-each-ref", "--format=%(refname)")).toBe(
      "refs/remotes/origin/main\nrefs/tags/v1",
    );
  });

  it("tries again where a fetch breaks off", async () => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    const broken = join(volume.path, "../broken");
    const shim = `if [[ " $* " == *" fetch "* && ! -e ${broken} ]]; then touch ${broken}; echo "fatal: early EOF" >&2; exit 128; fi`;
    expect((await volume.run(fillArgs([systemd]), { shim })).lines[1]).toMatchObject({ state: "done" });
  });

  it("has git drop nothing, take whole packs, one processor, and no silent server, whoever owns the copy", async () => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    const told = join(volume.path, "../told");
    // The origin is its owner's.
    const shim = `[[ " $* " == *" fetch "* ]] || export GIT_TEST_ASSUME_DIFFERENT_OWNER=1; echo "$*" >> ${told}`;
    await volume.fill(systemd);
    expect((await volume.run(fillArgs([systemd]), { shim })).exitCode).toBe(0);
    const wanted = {
      "gc.auto": 0,
      "fetch.unpackLimit": 1,
      "pack.threads": 1,
      "http.lowSpeedLimit": 1,
      "http.lowSpeedTime": 60,
    };
    for (const call of readFileSync(told, "utf8").trim().split("\n"))
      for (const [name, value] of Object.entries(wanted)) expect(call).toContain(` -c ${name}=${value} `);
  });

  it("makes copies that the group may read and change: each pod has a user of its own", async () => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    await volume.fill(systemd);
    const folders = readdirSync(volume.path, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isDirectory(),
    );
    expect(folders.length).toBeGreaterThan(3);
    for (const { parentPath, name } of folders)
      expect(statSync(join(parentPath, name)).mode & 0o070, name).toBe(0o070);
  });

  it("gives back a copy that a killed run had put aside", async () => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    await volume.fill(systemd);
    renameSync(volume.copy("systemd"), volume.copy(".old-systemd"));
    renameSync(systemd.path, `${systemd.path}.vanished`);
    expect((await volume.fill(systemd)).exitCode).toBe(1);
    renameSync(`${systemd.path}.vanished`, systemd.path);
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(0);
  });

  it.each([
    ["a first fill, after the fetch", false, KILLED_AFTER_FETCH],
    ["a first fill, before it", false, `if [[ " $* " == *" fetch "* ]]; then kill -9 $PPID; exit; fi`],
    [
      "an update, in the middle",
      true,
      `if [[ " $* " == *" fetch "* ]]; then touch "$CACHE_PATH/systemd/"{packed-refs.lock,objects/pack/tmp_pack_x}; kill -9 $PPID; exit; fi`,
    ],
  ])("finishes what a kill interrupted: %s", async (_, isUpdate, shim) => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    if (isUpdate) await volume.fill(systemd);
    await systemd.commit("second");
    const { signal } = await volume.start(fillArgs([systemd]), { shim });
    expect(signal).toBe("SIGKILL");
    if (isUpdate) await cloneWith(volume.copy("systemd"), systemd.url);
    else expect(existsSync(volume.copy("systemd"))).toBe(false);
    expect(await volume.fill(systemd)).toMatchObject({ exitCode: 0 });
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(0);
    expect(readdirSync(volume.path)).toEqual(["systemd"]);
    expect(existsSync(join(volume.copy("systemd"), "objects/pack/tmp_pack_x"))).toBe(false);
  });

  it("takes back what it began when it is asked to end, and ends at once", async () => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    const started = join(volume.path, "../started");
    // As git, which leaves work to programs of its own.
    const shim = `if [[ " $* " == *" fetch "* ]]; then sleep 600 & echo $! > ${started}.new; mv ${started}.new ${started}; wait; fi`;
    const run = volume.start(fillArgs([systemd]), { shim });
    await until(async () => existsSync(started), { what: "the fetch to start", limitSeconds: 20 });
    run.kill("SIGTERM");
    expect((await run).exitCode).toBe(143);
    expect(readdirSync(volume.path)).toEqual([]);
    const child = `/proc/${readFileSync(started, "utf8").trim()}/stat`;
    const isOver = async () => !existsSync(child) || / Z /.test(readFileSync(child, "utf8"));
    await until(isOver, { what: "what git has started to end", limitSeconds: 10 });
  });

  it.each([
    ["a pack that is cut off", (pack: string) => truncateSync(pack, 60)],
    ["a bit that has flipped", (pack: string) => flip(pack, 40)],
    ["a bit that has flipped within a file", (pack: string) => flip(pack, 20_000)],
    ["a pack that is gone", (pack: string) => renameSync(pack, `${pack}.lost`)],
  ])("clones a damaged copy anew: %s", async (_, damage) => {
    const systemd = await origin("systemd");
    await systemd.commit("large", 40_000);
    const volume = new Volume();
    await volume.fill(systemd);
    damage(packOf(volume.copy("systemd")));
    const { exitCode, lines } = await volume.fill(systemd);
    expect(exitCode).toBe(0);
    expect(lines[1]).toMatchObject({
      state: "done",
      detail: expect.stringContaining("cloned anew, as the former copy was damaged"),
    });
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(0);
  });

  it("keeps the copy of a repository that has vanished, and fills the others", async () => {
    const [gone, kernel] = [await origin("gone"), await origin("kernel")];
    const volume = new Volume();
    await volume.fill(gone);
    const { path } = gone;
    renameSync(path, `${path}.vanished`);
    const { exitCode, lines } = await volume.fill(gone, kernel);
    expect(exitCode).toBe(1);
    expect(lines).toMatchObject([
      { repository: "gone", state: "working" },
      {
        repository: "gone",
        state: "failed",
        detail: expect.stringContaining("gone.git"),
        bytes: expect.any(Number),
      },
      { repository: "kernel", state: "working" },
      { repository: "kernel", state: "done" },
      { volume: {} },
    ]);
    renameSync(`${path}.vanished`, path);
    expect(await cloneWith(volume.copy("gone"), gone.url)).toBe(0);
  });

  it("removes a damaged copy that it cannot replace, as it would break clones", async () => {
    const gone = await origin("gone");
    const volume = new Volume();
    await volume.fill(gone);
    truncateSync(packOf(volume.copy("gone")), 60);
    renameSync(gone.path, `${gone.path}.vanished`);
    const { lines } = await volume.fill(gone);
    expect(lines[1]).toMatchObject({ state: "failed", detail: expect.stringContaining("and is removed") });
    expect(readdirSync(volume.path)).toEqual([]);
  });

  it("takes over a copy that somebody made by hand, files and all", async () => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    await git(".", "clone", "--quiet", systemd.url, volume.copy("systemd"));
    await systemd.commit("second");
    expect((await volume.fill(systemd)).lines[1]).toMatchObject({ state: "done", detail: "updated" });
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(0);
  });

  it("receives a clone by a stream, keeps what was borrowed of the former copy, and says how it went", async () => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    await systemd.commit("borrowed", 100, "topic");
    await volume.fill(systemd);
    const borrowed = await git(systemd.path, "rev-parse", "topic");
    await git(systemd.path, "branch", "-D", "topic");
    await systemd.commit("second");
    const bundle = await bundleOf(systemd.path, "main");
    const { exitCode, lines } = await volume.run(["receive", "systemd", "1000"], { input: bundle });
    expect([exitCode, lines[1]]).toMatchObject([0, { state: "done", detail: "received" }]);
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(0);
    expect(await git(volume.copy("systemd"), "cat-file", "-t", borrowed)).toBe("commit");
    expect(await volume.run(["hold"])).toEqual({ exitCode: 0, lines: [] });
  });

  it("touches nothing for names that can be no folder's", async () => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    await volume.fill(systemd);
    for (const name of ["", ".", "..", ".hidden", "a/b", "../x"]) {
      for (const args of [fillArgs([{ ...systemd, name }]), ["receive", name, "1"]]) {
        const { exitCode, lines } = await volume.run(args, { input: new Uint8Array() });
        const failed = { state: "failed", detail: "its name can be no folder's" };
        expect([name, exitCode, lines[1]]).toMatchObject([name, 1, failed]);
      }
    }
    expect(readdirSync(volume.path)).toEqual(["systemd"]);
    expect(await volume.run(["hold"])).toMatchObject({ exitCode: 1 });
  });

  it("keeps a copy when what checks it is killed, as for want of memory", async () => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    await volume.fill(systemd);
    const { lines } = await volume.run(fillArgs([systemd]), {
      shim: `if [[ " $* " == *" fsck "* ]]; then kill -9 $$; fi`,
    });
    expect(lines[1]).toMatchObject({
      state: "failed",
      detail: expect.stringContaining("killed by signal 9"),
    });
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(0);
  });

  it.each([
    "--depth=1",
    "--filter=blob:none",
  ])("clones a copy anew that somebody made by hand with %s, and nobody can borrow from", async (option) => {
    const systemd = await origin("systemd");
    await git(systemd.path, "config", "uploadpack.allowFilter", "true");
    await systemd.commit("second");
    const volume = new Volume();
    await git(".", "clone", "--quiet", option, systemd.url, volume.copy("systemd"));
    expect((await volume.fill(systemd)).lines[1]).toMatchObject({
      detail: expect.stringContaining("it is shallow or partial"),
    });
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(0);
  });

  it.each([
    ["that breaks off", (bundle: Uint8Array) => bundle.subarray(0, bundle.length - 30), "1000", /./],
    [
      "that the volume has no room for",
      (bundle: Uint8Array) => bundle,
      "999999999999999",
      /^needs 999999999999999 bytes, and \d+ of the volume's \d+ can be used$/,
    ],
  ])("keeps the former copy when it receives a stream %s", async (_, change, size, detail) => {
    const systemd = await origin("systemd");
    const volume = new Volume();
    await volume.fill(systemd);
    await systemd.commit("second", 10_000);
    const input = change(await bundleOf(systemd.path, "main"));
    const { exitCode, lines } = await volume.run(["receive", "systemd", size], { input });
    expect([exitCode, lines[1]]).toMatchObject([
      1,
      { state: "failed", detail: expect.stringMatching(detail) },
    ]);
    expect(await cloneWith(volume.copy("systemd"), systemd.url)).toBe(3);
    expect(await volume.run(["hold"])).toEqual({ exitCode: 1, lines: [] });
    expect(readdirSync(volume.path)).toEqual(["systemd"]);
  });
});

describe.skipIf(await cannotMount())(
  "repository-cache.py, on a volume of 4 MB that one repository overflows",
  { timeout: 60_000 },
  () => {
    it("keeps some room free, says the numbers, and leaves what was there whole", async () => {
      const [small, large] = [await origin("small"), await origin("large")];
      await large.commit("much", 6_000_000);
      const volume = new Volume();
      const clone = join(volume.path, "../clone");
      const { stdout, failed } = await execa(
        "unshare",
        [
          "--map-root-user",
          "--mount",
          "sh",
          "-c",
          `mount -t tmpfs -o size=4m tmpfs "$CACHE_PATH" && python3 ${volume.script} fill "$1"
           python3 ${volume.script} receive large 4000000 < /dev/null > ${clone}.received
           head -c 3800k /dev/zero > "$CACHE_PATH/else" && python3 ${volume.script} fill "$1" > ${clone}.again; rm "$CACHE_PATH/else"
           git clone --quiet --reference "$CACHE_PATH/small" "$2" ${clone} && git -C ${clone} fsck --full && ls -A "$CACHE_PATH" > ${clone}.ls`,
          "sh",
          fillArgs([small, large])[1] ?? "",
          small.url,
        ],
        { env: volume.env, reject: false },
      );
      const lines = linesOf(stdout.split("\n").slice(0, 5).join("\n"));
      expect(lines[1]).toMatchObject({ repository: "small", state: "done" });
      expect(lines[3]).toMatchObject({
        repository: "large",
        state: "failed",
        detail: expect.stringMatching(
          /^the volume is full: \d+ of its 4194304 bytes are free, and 209715 are kept so$/,
        ),
      });
      expect(failed).toBe(false);
      expect(readFileSync(`${clone}.received`, "utf8")).toContain("needs 4000000 bytes");
      expect(readFileSync(`${clone}.again`, "utf8")).not.toContain("damaged");
      expect(readFileSync(`${clone}.ls`, "utf8")).toBe("small\n");
    });
  },
);

describe("git, to which a copy is lent", () => {
  it("cannot borrow from a shallow copy, nor from a partial one: the cache offers neither", async () => {
    const systemd = await origin("systemd");
    await git(systemd.path, "config", "uploadpack.allowFilter", "true");
    await systemd.commit("second");
    const copy = join(new Volume().path, "copy");
    await git(".", "clone", "--quiet", "--mirror", "--depth=1", systemd.url, `${copy}.shallow`);
    await expect(cloneWith(`${copy}.shallow`, systemd.url)).rejects.toThrow(/is shallow/);
    await git(".", "clone", "--quiet", "--mirror", "--filter=blob:none", systemd.url, `${copy}.partial`);
    await expect(cloneWith(`${copy}.partial`, systemd.url)).rejects.toThrow(/unable to read/);
  });
});

async function cannotMount(): Promise<boolean> {
  const mount = "mount -t tmpfs tmpfs /tmp";
  const { failed, stderr } = await execa("unshare", ["--map-root-user", "--mount", "sh", "-c", mount], {
    reject: false,
  });
  if (failed) process.stderr.write(`Skipped: the test of a full volume, as none can be mounted: ${stderr}\n`);
  return failed;
}

async function bundleOf(path: string, ...refs: readonly string[]): Promise<Uint8Array> {
  const { stdout } = await execa("git", ["-C", path, "bundle", "create", "--quiet", "-", ...refs], {
    encoding: "buffer",
  });
  return stdout;
}

function packOf(copy: string): string {
  const folder = join(copy, "objects/pack");
  const [pack = ""] = readdirSync(folder).filter((name) => name.endsWith(".pack"));
  return join(folder, pack);
}

function flip(pack: string, at: number): void {
  const bytes = readFileSync(pack);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  renameSync(pack, `${pack}.whole`);
  writeFileSync(pack, bytes);
}
