import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inForm } from "../../../../schema/secrets/form.ts";
import { encodedKeytab } from "../../../../schema/secrets/forms/keytab.ts";
import { faultOf } from "../../../support/forms.ts";

const PRINCIPAL = "packit-stg@FEDORAPROJECT.ORG";
const KEY = Buffer.alloc(32, 7);
const GOOD = encodedKeytab([PRINCIPAL], KEY);
const BYTES = Buffer.from(GOOD, "base64");

describe("a keytab", () => {
  it("is taken with a key of the account, whatever others are in it", () => {
    for (const principals of [[PRINCIPAL], ["HTTP/stg.packit.dev@X", PRINCIPAL], [PRINCIPAL, "packit@X"]]) {
      const value = encodedKeytab(principals, KEY);
      expect(said(value)).toBeUndefined();
    }
    expect(inForm(GOOD.replaceAll(/.{20}/g, "$&\n"), "keytab")).toEqual({ value: GOOD });
  });

  it("may have removed entries, zeros at its end, and keys of kinds that Kerberos gave up", () => {
    const removed = Buffer.from(BYTES);
    removed.writeInt32BE(-removed.readInt32BE(2), 2);
    const first = BYTES.subarray(0, 2);
    const entry = BYTES.subarray(2);
    expect(said(base64(removed, entry, Buffer.alloc(64)))).toBeUndefined();
    expect(said(base64(removed))).toMatch(/without a key/);
    expect(said(base64(first, withKind(1), entry))).toBeUndefined();
    expect(said(base64(first, withKind(1)))).toMatch(/without a key/);
    expect(said(base64(first, withKind(17)))).toMatch(/without a key/);
  });

  it("of the first version is read in the order of this machine's bytes", () => {
    const text = (content: string) => [...number(2, content.length), ...Buffer.from(content)];
    const rest = [...number(4, 0), 1, ...number(2, 18), ...number(2, 32), ...KEY];
    const entry = [...number(2, 2), ...text("FEDORAPROJECT.ORG"), ...text("packit-stg"), ...rest];
    expect(
      said(Buffer.from([5, 1, ...number(4, entry.length), ...entry]).toString("base64")),
    ).toBeUndefined();
  });

  it.each([
    ["encoded twice", base64(Buffer.from(GOOD)), /encoded twice/],
    [
      "encoded twice, on several lines",
      base64(Buffer.from(`${GOOD.replaceAll(/.{30}/g, "$&\n")}\n`)),
      /encoded twice/,
    ],
    ["as it is, and not encoded", BYTES.toString("latin1"), /a value with .* in it/],
    ["base64 of something else", base64(Buffer.from("hello")), /no keytab/],
    ["a credential cache", base64(Buffer.from([5, 4, 0, 0])), /no keytab/],
    ["without an entry", base64(Buffer.from([5, 2])), /without a key/],
    ["without padding", base64(Buffer.from([5, 2, 0, 0])).replaceAll("=", ""), /another form/],
    ["in the alphabet of addresses", "BQL-_w==", /another form/],
    [
      "of another account",
      encodedKeytab(["packit@FEDORAPROJECT.ORG"], KEY),
      /without a key of packit-stg@FEDORAPROJECT.ORG/,
    ],
    ["of another realm", encodedKeytab(["packit-stg@STG.FEDORAPROJECT.ORG"], KEY), /without a key of/],
    ["with a key of another length", encodedKeytab([PRINCIPAL], Buffer.alloc(31)), /without a key/],
  ])("is refused %s", (_, value, fault) => {
    expect(said(value)).toMatch(fault);
  });

  it("is refused wherever it is cut off", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: BYTES.length - 1 }), (length) => {
        return said(base64(BYTES.subarray(0, length))) !== undefined;
      }),
    );
  });
});

/** The entry with a key of another kind. */
function withKind(kind: number): Buffer {
  const entry = Buffer.from(BYTES.subarray(2));
  entry.writeUInt16BE(kind, entry.length - KEY.length - 4);
  return entry;
}

function number(length: number, value: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntLE(value, 0, length);
  return bytes;
}

function base64(...parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString("base64");
}

function said(value: string): string | undefined {
  return faultOf("keytab", value, { hosts: [], principal: PRINCIPAL });
}
