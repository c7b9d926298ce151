import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import sshpk from "sshpk";
import { ByteReader } from "./byte-reader.ts";
import type { Block } from "./pem.ts";
import { BROKEN, encryptedKey, keyBlock, keyFault, kindFault, OPENSSH, works } from "./private-key.ts";
import type { Fault, Read } from "./read.ts";

const TYPES = ["ed25519", "rsa", "ec"];
const DECRYPT = "ssh-keygen -p -N '' -f FILE";
const UNREADABLE: Fault = { fault: "a private key that OpenSSH cannot read" };

/** A private key that OpenSSH takes, in its own form or in PEM. */
export function sshPrivateKey(value: string): Read {
  const block = keyBlock(value, DECRYPT);
  if ("fault" in block) return block;
  const { label, text } = block.value;
  const fault = label === OPENSSH ? openSshFault(block.value) : keyFault(text, TYPES);
  return fault ?? { value: text };
}

function openSshFault({ text }: Block): Fault | undefined {
  try {
    const parts = container(Buffer.from(text.split("-----")[2] ?? "", "base64"));
    if (parts.cipher !== "none") return encryptedKey(DECRYPT);
    if (/^(sk-|ssh-dss)/.test(typeOf(parts.publicKey)))
      return { fault: `a private key of another kind than ${TYPES.join(", ")}` };
    // It puts the file's name in the place of a comment that is empty.
    const parsed = sshpk.parsePrivateKey(text, "ssh-private", { filename: "" });
    if (!isWhole(parts, parsed)) return BROKEN;
    const [key, publicKey] = parsed.type === "ed25519" ? ed25519(parts) : others(parts, parsed);
    return kindFault(key, TYPES) ?? (works(key, publicKey) ? undefined : BROKEN);
  } catch {
    // What a parser says can quote what it has read.
    return UNREADABLE;
  }
}

/** Both keys as Node has them. */
type Pair = readonly [privateKey: KeyObject, publicKey: KeyObject];

function others({ publicKey }: Container, parsed: sshpk.PrivateKey): Pair {
  return [
    createPrivateKey(parsed.toString("pkcs8")),
    createPublicKey(sshpk.parseKey(publicKey, "rfc4253").toString("pkcs8")),
  ];
}

/** These are bytes and no numbers, which sshpk would write without a zero at their beginning. */
function ed25519({ publicKey, secret }: Container): Pair {
  const [, x = ""] = strings(publicKey);
  const [, , both = ""] = strings(secret.subarray(CHECK));
  // The secret half, and the public one once more.
  const d = Buffer.from(both, "base64url").subarray(0, 32).toString("base64url");
  const jwk = { kty: "OKP", crv: "Ed25519", x };
  return [
    createPrivateKey({ key: { ...jwk, d }, format: "jwk" }),
    createPublicKey({ key: jwk, format: "jwk" }),
  ];
}

/** The first strings of some bytes, up to three, as base64url. */
function strings(bytes: Buffer): string[] {
  const reader = new ByteReader(bytes);
  const found: string[] = [];
  while (found.length < 3 && reader.left > 0)
    found.push(reader.bytes(reader.number(4)).toString("base64url"));
  return found;
}

interface Container {
  readonly cipher: string;
  readonly publicKey: Buffer;
  readonly secret: Buffer;
}

/** The parts of OpenSSH's own form (its PROTOCOL.key), which tells the public key outside of the secret part too. */
function container(bytes: Buffer): Container {
  const reader = new ByteReader(bytes);
  if (reader.bytes(MAGIC.length).toString("latin1") !== MAGIC) throw new RangeError("another form");
  const string = () => reader.bytes(reader.number(4));
  const [cipher] = [string().toString("latin1"), string(), string()];
  if (reader.number(4) !== 1) throw new RangeError("several keys");
  const parts = { cipher, publicKey: string(), secret: string() };
  if (reader.left > 0) throw new RangeError("more than a key");
  return parts;
}

const MAGIC = "openssh-key-v1\0";

function typeOf(publicKey: Buffer): string {
  const reader = new ByteReader(publicKey);
  return reader.bytes(reader.number(4)).toString("latin1");
}

/** Whether the secret part is what OpenSSH would write for the key that was read from it, up to its padding. */
function isWhole({ publicKey, secret }: Container, key: sshpk.PrivateKey): boolean {
  const comment = Buffer.from(key.comment ?? "");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(comment.length);
  const own = Buffer.concat([key.toBuffer("rfc4253", {}), length, comment]);
  const padding = secret.subarray(CHECK + own.length);
  return (
    secret.subarray(CHECK, CHECK + own.length).equals(own) &&
    secret.length % BLOCK === 0 &&
    padding.every((byte, i) => byte === i + 1) &&
    publicKey.equals(key.toPublic().toBuffer("rfc4253", {}))
  );
}

/** The bytes before the key, two equal numbers, and those that the whole is a multiple of without a cipher. */
const CHECK = 8;
const BLOCK = 8;
