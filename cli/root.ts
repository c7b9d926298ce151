import { dirname } from "node:path";

/** The project's folder: the one above that of the command that was started, wherever it was started from. */
export const ROOT = dirname(dirname(process.argv[1] ?? ""));
