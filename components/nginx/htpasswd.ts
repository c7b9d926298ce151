import { createHmac } from "node:crypto";
import { encodeBase64, hashSync } from "bcryptjs";

export interface Htpasswd {
  readonly user: string;
  readonly password: string;
  /** The secret that the salt is made from: the same file each time, so that nothing is rolled for no reason. */
  readonly saltKey: string;
}

/** How often bcrypt iterates, as a power of two: the choice of Apache's htpasswd, as nginx hashes for each request. */
const COST = 5;

/** A file of one user for nginx's basic authentication, the password hashed with bcrypt. */
export function htpasswd({ user, password, saltKey }: Htpasswd): string {
  const random = createHmac("sha256", saltKey).update(`${user}\n${password}`).digest().subarray(0, 16);
  const salt = `$2b$${String(COST).padStart(2, "0")}$${encodeBase64([...random], 16)}`;
  return `${user}:${hashSync(password, salt)}\n`;
}
