/**
 * Stands in for Pulumi's CLI: it records how it was called, previews what a file says, refuses to begin with the text
 * of another one, and ends with whatever it can know if it is told to fail.
 */
export const STAND_IN = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, rmSync } = require("node:fs");
const { STATE, PULUMI_CONFIG_PASSPHRASE, GITHUB_TOKEN, PULUMI_ENABLE_STREAMING_JSON_PREVIEW } = process.env;
const args = process.argv.slice(2);
appendFileSync(STATE + "/calls", JSON.stringify({ args, cwd: process.cwd(), streams: PULUMI_ENABLE_STREAMING_JSON_PREVIEW }) + "\\n");
const file = (name) => existsSync(STATE + "/" + name) ? readFileSync(STATE + "/" + name, "utf8") : undefined;
if (args[0] === "preview") console.log(file("preview"));
if (args[0] === "cancel") rmSync(STATE + "/locks");
if (args[0] === "up") {
  if (file("locks")) { console.error(file("locks")); process.exit(255); }
  console.log("@ updating....\\n ~ kubernetes:apps/v1:Deployment service updated (1s)");
}
if (file("fails") === args[0]) {
  console.error("error: it broke with " + PULUMI_CONFIG_PASSPHRASE + " and " + GITHUB_TOKEN);
  process.exit(255);
}
`;

/** Since when locks are held. */
export const SINCE = "2026-11-29T10:00:00Z";
const FILE = "s3://packit-pulumi/.pulumi/locks/organization/packit/stage/6d1c.json";

/** What Pulumi says of a stack that these have locked, in a backend of buckets and folders. */
export function refusal(...owners: string[]): string {
  const lines = owners.map((owner) => `\n  ${FILE}: created by ${owner} (pid 7) at ${SINCE}`);
  return `error: the stack is currently locked by ${owners.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.${lines.join("")}\n`;
}
