import { accessSync, chmodSync, constants, lstatSync, mkdirSync, rmdirSync } from "node:fs";
import { EnvironmentError } from "../errors.ts";
import { systemError } from "../system/system-error.ts";

/** Where the controller manager keeps the folders of host-path volumes; its source knows no other place. */
export const VOLUMES = "/tmp/hostpath_pv";

/** As /tmp itself: everybody may make a folder in it, and remove nobody else's. */
const MODE = 0o1777;

/**
 * Sees to it that every user of this machine can have volumes in `folder`: the controller manager would make it for its
 * own user alone. Where another user's cannot be written to, that is said at once, before anything is started.
 */
export function prepareVolumes(folder = VOLUMES): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) {
    mkdirSync(folder);
    chmodSync(folder, MODE);
    return;
  }
  if (!found.isDirectory()) {
    throw new EnvironmentError(
      `${folder} is no folder, and the controller manager keeps volumes there. Move it away.`,
    );
  }
  if (found.uid === process.getuid?.()) {
    if ((found.mode & 0o7777) !== MODE) chmodSync(folder, MODE);
    return;
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    const mode = (found.mode & 0o7777).toString(8);
    throw new EnvironmentError(
      `${folder} is of user ${found.uid} with mode ${mode}: this user may not write there, and the controller manager keeps volumes nowhere else. Ask its owner to run \`chmod 1777 ${folder}\`, or to remove it.`,
    );
  }
}

/** Removes the folder of volumes if nothing is in it; another user's stays. */
export function removeEmptyVolumes(folder = VOLUMES): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (systemError(error) === undefined) throw error;
  }
}
