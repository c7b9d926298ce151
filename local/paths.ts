import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where a control plane keeps everything that it needs and writes. */
export interface Paths {
  /** The folder of all of the below; held while a command changes what runs or what is applied. */
  readonly state: string;
  readonly kubeconfig: string;
  readonly logs: string;
  /** Where kits are kept; held while one is built. */
  readonly cache: string;
  /** The built binaries and the files that come with them. */
  readonly kit: string;
}

/** The paths of the control plane whose state is in `state`. The binaries are shared by all of a user's checkouts. */
export function localPaths(state: string): Paths {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "packit-deployment");
  return {
    state,
    kubeconfig: join(state, "kubeconfig"),
    logs: join(state, "logs"),
    cache,
    kit: join(cache, `control-plane-${kitKey()}`),
  };
}

/** The folder that holds go.mod. */
export const MODULE = import.meta.dirname;

/** To be raised when kit.ts puts something else into the kit. */
const KIT_FORMAT = "2";

/** Changes with anything that the binaries are built from. */
function kitKey(): string {
  const hash = createHash("sha256").update(KIT_FORMAT);
  for (const file of ["go.mod", "go.sum", "parts/main.go"]) hash.update(readFileSync(join(MODULE, file)));
  return hash.digest("hex").slice(0, 16);
}
