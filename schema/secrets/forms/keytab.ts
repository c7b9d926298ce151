import { ByteReader } from "./byte-reader.ts";
import { type Fault, OTHER_FORM, type Read } from "./read.ts";
import { unseenIn } from "./text.ts";

const ENCODE = "base64 -w0 FILE";

/** The length of a key by its kind (RFC 3961 and its successors), for the kinds that Kerberos still takes. */
const KEY_LENGTHS: Readonly<Record<number, number>> = {
  16: 24,
  17: 16,
  18: 32,
  19: 16,
  20: 32,
  23: 16,
  25: 16,
  26: 32,
};

/**
 * A keytab in base64, as a Secret's `data` holds it.
 * @param principal Who must be in it, as `packit@FEDORAPROJECT.ORG`: kinit asks for that one.
 */
export function keytab(value: string, principal: string | undefined): Read {
  const unseen = unseenIn(value, " \t\n");
  if (unseen) return { ...unseen, remedy: `encode the file (${ENCODE})` };
  const text = value.replaceAll(/[ \t\n]/g, "");
  const bytes = decoded(text);
  if (bytes === undefined) return OTHER_FORM;
  if (isKeytab(decoded(bytes.toString("latin1").replaceAll(/\s/g, "")))) return TWICE;
  if (!isKeytab(bytes)) return { fault: "base64 of something that is no keytab" };
  const fault = keytabFault(bytes, principal);
  return fault ?? { value: text };
}

const TWICE: Fault = { fault: "a keytab that is encoded twice", remedy: `encode the file once (${ENCODE})` };
const CUT_OFF: Fault = { fault: "a keytab that is cut off or damaged" };

/** The bytes of strict base64. */
function decoded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.length > 0 && bytes.toString("base64") === text ? bytes : undefined;
}

function isKeytab(bytes: Buffer | undefined): boolean {
  return bytes?.[0] === 5 && (bytes[1] === 1 || bytes[1] === 2);
}

function keytabFault(bytes: Buffer, principal: string | undefined): Fault | undefined {
  try {
    const principals = principalsIn(bytes);
    if (principals.length === 0) return { fault: "a keytab without a key that Kerberos takes" };
    if (principal === undefined || principals.includes(principal)) return undefined;
    return { fault: `a keytab without a key of ${principal}` };
  } catch {
    return CUT_OFF;
  }
}

/** The principals that have a key, as MIT's Kerberos documents the format; its first version is in a machine's own order. */
function principalsIn(bytes: Buffer): string[] {
  const isSecond = bytes[1] === 2;
  const reader = new ByteReader(bytes.subarray(2), isSecond);
  const principals: string[] = [];
  while (reader.left > 0) {
    // A negative length is that of a removed entry, and none is the end.
    const length = reader.number(4) | 0;
    if (length === 0) break;
    const entry = reader.bytes(Math.abs(length));
    if (length < 0) continue;
    const found = principalOf(new ByteReader(entry, isSecond), isSecond);
    if (found === undefined) break;
    principals.push(...found);
  }
  return principals;
}

/**
 * None where the key is of a kind that Kerberos no longer takes, as keytabs often have beside others; `undefined` where
 * Kerberos takes the file to end, whatever comes after: at what has no length, or one that is negative to it.
 */
function principalOf(entry: ByteReader, isSecond: boolean): readonly string[] | undefined {
  const lengths: number[] = [];
  const piece = () => {
    const bytes = entry.bytes(entry.number(2));
    lengths.push(bytes.length);
    return bytes;
  };
  const count = entry.number(2) - (isSecond ? 0 : 1);
  lengths.push(count);
  const realm = piece();
  const names = Array.from({ length: count }, piece);
  // The kind of name, then the time, then the key's version.
  entry.bytes((isSecond ? 4 : 0) + 4 + 1);
  const kind = entry.number(2);
  const key = piece();
  if (lengths.some((length) => length <= 0 || length > 0x7fff)) return undefined;
  return key.length === KEY_LENGTHS[kind] ? [`${names.join("/")}@${realm}`] : [];
}

/**
 * A keytab in base64, with one key for all of its principals.
 * @param principals As `packit@FEDORAPROJECT.ORG`.
 * @param key 32 bytes, as of a key of AES-256.
 */
export function encodedKeytab(principals: readonly string[], key: Buffer): string {
  const entries = principals.map((principal) => {
    const [name = "", realm = ""] = principal.split("@");
    const names = name.split("/");
    const fixed = [number(4, USER), number(4, 0), number(1, 1), number(2, AES_256)];
    const entry = Buffer.concat([
      number(2, names.length),
      ...[realm, ...names].map(string),
      ...fixed,
      string(key),
    ]);
    return Buffer.concat([number(4, entry.length), entry]);
  });
  return Buffer.concat([Buffer.from([5, 2]), ...entries]).toString("base64");
}

/** The kind of a person's name, and that of the key. */
const USER = 1;
const AES_256 = 18;

function string(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([number(2, bytes.length), bytes]);
}

function number(length: number, value: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}
