// What Pulumi runs. It is JavaScript, so that a Node that runs no TypeScript can say so.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";

/** The first Node that runs TypeScript without being told to. */
const NEEDED = [22, 18];

const { features, versions, execPath, platform, arch } = process;
const [major = 0, minor = 0] = versions.node.split(".").map(Number);
const isOld = major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
if (isOld || !features.typescript) {
  const own = join(import.meta.dirname, "node_modules", `node-${platform}-${arch}`, "bin");
  const remedy = existsSync(own)
    ? `Put the one that this project has first: export PATH=${own}:$PATH`
    : "Install a newer one from https://nodejs.org, and put it first on PATH.";
  throw new RunError(
    `Pulumi runs this program with Node ${versions.node} (${execPath}), which does not run TypeScript. It needs Node ${NEEDED.join(".")} or newer, without --no-experimental-strip-types in NODE_OPTIONS. ${remedy}`,
  );
}

/** The stack's outputs. */
export default { ...(await import("./index.ts").catch(explained)) };

/** What the system refuses is told without a stack. */
async function explained(error) {
  const { knownError } = await import("./errors.ts");
  throw knownError(error) ?? error;
}
