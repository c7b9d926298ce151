import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../errors.ts";
import { makeFolder } from "../system/make-folder.ts";
import { systemError } from "../system/system-error.ts";

/** Where the controller manager keeps the folders of host-path volumes; its source knows no other place. */
const VOLUMES = "/tmp/hostpath_pv";

/** As /tmp itself: everybody may make a folder in it, and remove nobody else's. */
const MODE = 0o1777;

/**
 * Sees to it that every user of this machine can have volumes in `folder`: the controller manager would make it for its
 * own user alone. Where another user's cannot be written to, that is said at once, before anything is started.
 */
export function prepareVolumes(folder = VOLUMES): void {
  if (!existsSync(folder)) makeFolder(folder);
  const { uid, mode } = lstatSync(folder);
  try {
    if (uid === process.geteuid?.()) chmodSync(folder, MODE);
    rmdirSync(mkdtempSync(join(folder, "check-")));
  } catch (error) {
    const system = systemError(error);
    if (system === undefined) throw error;
    const shown = (mode & 0o7777).toString(8);
    throw new EnvironmentError(
      `This user can have no volumes in ${folder} (${system.code}), and the controller manager keeps them nowhere else. It is of user ${uid}, with mode ${shown}: they can run \`chmod 1777 ${folder}\`, or remove it.`,
    );
  }
}

/**
 * The volumes' folders that are named in the data of an etcd. It is read as it lies there, so that a control plane that
 * cannot be started leaves none behind either.
 */
export function volumeFolders(data: string, volumes = VOLUMES): string[] {
  if (!existsSync(data)) return [];
  // The controller manager names each by a UUID.
  const pattern = new RegExp(`${volumes}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`, "g");
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const found = files.flatMap(({ parentPath, name }) => {
    const text = readFileSync(join(parentPath, name), "latin1");
    return [...text.matchAll(pattern)].map(([path]) => path);
  });
  return [...new Set(found)].filter((path) => existsSync(path));
}

/** Removes the folder of volumes if nothing is in it; another user's stays. */
export function removeEmptyVolumes(folder = VOLUMES): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (systemError(error) === undefined) throw error;
  }
}
