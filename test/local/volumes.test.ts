import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { prepareVolumes, removeEmptyVolumes, volumeFolders } from "../../local/volumes.ts";
import { temporaryFolder } from "../support/folder.ts";

/** Some other user of this machine. */
const SOMEBODY = 65534;

describe("the folder of volumes", () => {
  it.each([
    undefined,
    0o750,
    0o700,
    0o755,
  ])("is open to every user of the machine, whatever it was: %o", (mode) => {
    const folder = join(temporaryFolder(), "volumes");
    if (mode !== undefined) mkdirSync(folder, { mode });
    prepareVolumes(folder);
    expect(statSync(folder).mode & 0o7777).toBe(0o1777);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "of another user is used if it is open, and refused at once if not",
    () => {
      const around = temporaryFolder();
      chmodSync(around, 0o755);
      const folder = join(around, "volumes");
      mkdirSync(folder, { mode: 0o750 });
      const prepare = () => as(SOMEBODY, () => prepareVolumes(folder));
      expect(prepare).toThrow(/no volumes in .*volumes \(EACCES\).* of user 0, with mode 750.*chmod 1777/);
      prepareVolumes(folder);
      expect(prepare).not.toThrow();
    },
  );

  it.each<[string, (path: string) => void]>([
    ["a file", (path) => writeFileSync(path, "")],
    ["a link to nowhere", (path) => symlinkSync("nowhere", path)],
  ])("is refused where it is %s", (_, make) => {
    const path = join(temporaryFolder(), "volumes");
    make(path);
    expect(() => prepareVolumes(path)).toThrow();
  });

  it("goes when nothing is in it", () => {
    const folder = join(temporaryFolder(), "volumes");
    mkdirSync(join(folder, "one"), { recursive: true });
    removeEmptyVolumes(folder);
    expect(existsSync(folder)).toBe(true);
    removeEmptyVolumes(join(folder, "one"));
    removeEmptyVolumes(folder);
    removeEmptyVolumes(folder);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("the volumes of a control plane", () => {
  it("are read from its data, and those alone that are there and can be volumes", () => {
    const folder = temporaryFolder();
    const volumes = join(folder, "volumes");
    const ids = ["0b9a5f0e-1c2d-4e3f-8a9b-0123456789ab", "ffffffff-1c2d-4e3f-8a9b-0123456789ab"];
    for (const name of [ids[0] ?? "", "precious"]) mkdirSync(join(volumes, name), { recursive: true });
    const said = [...ids, ids[0], "precious", `../volumes/precious`]
      .map((id) => `"${volumes}/${id}"`)
      .join("\0");
    mkdirSync(join(folder, "etcd/member/wal"), { recursive: true });
    writeFileSync(join(folder, "etcd/member/wal/0.wal"), said);
    expect(volumeFolders(join(folder, "etcd"), volumes)).toEqual([join(volumes, ids[0] ?? "")]);
    expect(volumeFolders(join(folder, "none"), volumes)).toEqual([]);
  });
});

/** Does something as another user. */
function as(user: number, work: () => void): void {
  process.seteuid?.(user);
  try {
    work();
  } finally {
    process.seteuid?.(0);
  }
}
