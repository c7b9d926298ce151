import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { type Block, kindOf, pemBlocks } from "./pem.ts";
import { type Fault, OTHER_FORM, type Read } from "./read.ts";

/** The curves that both OpenSSH and browsers know. */
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/** What Fedora's policy asks of RSA keys, in bits. */
const RSA_BITS = 2048;

/** The key of a certificate, as OpenSSL and Go read it. */
export function tlsPrivateKey(value: string): Read {
  return pemKey(value, ["rsa", "ec", "ed25519"]);
}

/** A key that signs RS256, as GitHub's Apps have it. */
export function rsaPrivateKey(value: string): Read {
  return pemKey(value, ["rsa"]);
}

function pemKey(value: string, types: readonly string[]): Read {
  const block = keyBlock(value, "openssl pkey -in FILE -out FILE");
  if ("fault" in block) return block;
  if (block.value.label === OPENSSH)
    return { fault: kindOf(block.value), remedy: "ssh-keygen -p -m PEM -f FILE" };
  const fault = keyFault(block.value.text, types);
  return fault ?? { value: block.value.text };
}

/** The label of a key in OpenSSH's own form. */
export const OPENSSH = "OPENSSH PRIVATE KEY";

/**
 * The one private key of a PEM file, not encrypted.
 * @param decrypt The command that takes a passphrase off.
 */
export function keyBlock(value: string, decrypt: string): Read<Block> {
  if (/^(ssh|ecdsa|sk)-\S+ AAAA/.test(value)) return { fault: "a public key" };
  if (value.startsWith("PuTTY-User-Key-File-"))
    return { fault: "a key in PuTTY's form", remedy: "puttygen FILE -O private-openssh -o FILE" };
  const read = pemBlocks(value);
  if ("fault" in read) return read;
  // `openssl ecparam -genkey` puts them before the key, which holds them too.
  const keys = read.value.filter(({ label }) => label !== "EC PARAMETERS");
  const [block = read.value[0], ...others] = keys;
  if (block === undefined) return OTHER_FORM;
  if (others.length > 0) return { fault: `${keys.length} blocks of PEM, where one key belongs` };
  if (block.isEncrypted) return encryptedKey(decrypt);
  return block.label.endsWith("PRIVATE KEY") ? { value: block } : { fault: kindOf(block) };
}

/** A key that nobody types the passphrase for. */
export function encryptedKey(decrypt: string): Fault {
  return {
    fault: "a key that is encrypted with a passphrase",
    remedy: `take the passphrase off (${decrypt})`,
  };
}

/** What keeps readers from using a key, none of which OpenSSH's own form has. */
export function keyFault(pem: string, types: readonly string[]): Fault | undefined {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return { fault: "a private key that OpenSSL cannot read" };
  }
  return kindFault(key, types) ?? (works(key, createPublicKey(key)) ? undefined : BROKEN);
}

/** A key whose numbers do not belong together. */
export const BROKEN: Fault = { fault: "a private key that is damaged: it does not fit itself" };

/** What is wrong with a key's kind. */
export function kindFault(key: KeyObject, types: readonly string[]): Fault | undefined {
  const { asymmetricKeyType: type = "", asymmetricKeyDetails: details = {} } = key;
  if (!types.includes(type)) return { fault: `a private key of another kind than ${types.join(", ")}` };
  const { modulusLength, namedCurve } = details;
  if (modulusLength !== undefined && modulusLength < RSA_BITS)
    return { fault: `an RSA key of ${modulusLength} bits, which is too short (at least ${RSA_BITS})` };
  if (type === "ec" && !CURVES.includes(namedCurve ?? ""))
    return { fault: "a private key on a curve that its readers do not know" };
  return undefined;
}

/** Whether what one key signs is what the other one verifies. */
export function works(key: KeyObject, publicKey: KeyObject): boolean {
  const digest = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  const text = Buffer.from("signed");
  try {
    return verify(digest, text, publicKey, sign(digest, text, key));
  } catch {
    return false;
  }
}
