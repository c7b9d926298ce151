import { dirname } from "node:path";

/** The folder of this project. */
export const ROOT = dirname(import.meta.dirname);
