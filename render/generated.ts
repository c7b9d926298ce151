import { createHmac } from "node:crypto";
import type { Generate } from "./evaluate.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Generated values that stay the same as long as the control plane's seed does: Pulumi's state is not there to keep them. */
export function generatedFrom(seed: string, stack: string): Generate {
  return ({ type, name, length = 32 }) => {
    const bytes = expand(seed, [stack, type, name].join("\0"), Math.max(length, 16));
    if (type.startsWith("random:index/randomUuid:")) return uuid(bytes);
    // 256 is no multiple of 62: the first letters are a little likelier, which a local stack can bear.
    return [...bytes.subarray(0, length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
  };
}

function expand(seed: string, label: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHmac("sha256", seed).update(`${label}\0${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

function uuid(bytes: Buffer): string {
  const hex = bytes.subarray(0, 16).toString("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}
