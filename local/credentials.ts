import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../errors.ts";
import { makeFolder } from "../system/make-folder.ts";
import type { Paths } from "./paths.ts";

/** What a control plane is reached and signs with; made once and kept as long as its data. */
export interface Credentials {
  /** The bearer token of its one user, who may do everything. */
  readonly token: string;
  readonly tokenFile: string;
  /** The key that signs the tokens of service accounts. */
  readonly serviceAccountKeyFile: string;
  /** What the passwords of the stacks applied here are derived from. */
  readonly seed: string;
}

/** The credentials of the control plane, made now if there are none yet. */
export function credentials({ state }: Paths): Credentials {
  const folder = join(state, "credentials");
  makeFolder(folder, 0o700);
  const tokenFile = join(folder, "tokens.csv");
  const serviceAccountKeyFile = join(folder, "service-accounts.key");
  const tokens = once(tokenFile, () => `${randomBytes(24).toString("hex")},admin,admin,system:masters\n`);
  once(serviceAccountKeyFile, () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  });
  const seed = once(join(folder, "seed"), () => randomBytes(32).toString("hex"));
  const [token = ""] = tokens.split(",");
  for (const [what, text] of Object.entries({ token, seed })) refuseShort(folder, what, text);
  return { token, tokenFile, serviceAccountKeyFile, seed };
}

/** Anybody could guess an empty one: a full disk leaves such files. */
function refuseShort(folder: string, what: string, text: string): void {
  if (text.trim().length >= 32) return;
  throw new EnvironmentError(
    `The ${what} in ${folder} is not whole. Start anew: make local-down, then make local.`,
  );
}

function once(file: string, make: () => string): string {
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, make(), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, "utf8");
}
