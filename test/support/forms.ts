import type { KeyObject } from "node:crypto";
import { CATALOGUE, type SecretName } from "../../components/catalogue.ts";
import { inForm, type Surroundings } from "../../schema/secrets/form.ts";

/** What is wrong with a secret's value; nothing where it is taken. */
export function faultOf(name: SecretName, value: string, around?: Surroundings): string | undefined {
  const result = inForm(value, CATALOGUE[name].form, around);
  return "fault" in result ? result.fault : undefined;
}

/** Whether one text holds any eight characters of another one in a row. */
export function sharesText(text: string, secret: string): boolean {
  const [length, characters] = [8, [...secret]];
  return characters.some((_, i) => {
    const part = characters.slice(i, i + length);
    return part.length === length && text.includes(part.join(""));
  });
}

/** A PEM file whose byte at a place is another one, the place counted from the end where it is negative. */
export function withChangedByte(pem: string, at: number): string {
  const [, begin = "", body = "", end = ""] = pem.split("-----");
  const bytes = Buffer.from(body, "base64");
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----${begin}-----\n${lines.join("\n")}\n-----${end}-----\n`;
}

/** A private key in the form that all programs read. */
export function pkcs8(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
