import { EnvironmentError } from "../errors.ts";
import { describe, type KubernetesObject } from "../render/kubernetes-object.ts";
import { REDACTED } from "../schema/secrets/sensitive.ts";
import type { ApiError } from "./api-error.ts";

/** An object that the API server does not take, and what it says. */
export interface Refusal {
  readonly object: KubernetesObject;
  readonly error: ApiError;
}

/** All refusals as one error. What it says of them shows nothing of any Secret among `objects`. */
export function refused(
  refusals: readonly Refusal[],
  objects: readonly KubernetesObject[],
): EnvironmentError {
  const secrets = objects.flatMap(secretTexts);
  const lines = refusals.map(
    ({ object, error }) => `${describe(object)}: ${redacted(error.message, secrets)}`,
  );
  if (lines.length === 1) return new EnvironmentError(`The API server refuses ${lines[0]}`);
  return new EnvironmentError(
    `The API server refuses ${lines.length} objects:\n${lines.map((line) => `  ${line}`).join("\n")}`,
  );
}

/** As much of a secret as is hidden wherever it stands; less could be a word that others use too. */
const PART = 12;

/** A shorter line of a secret file says nothing alone, as a bracket does. */
const LINE = 6;

/** A message without what is secret: whole values where they stand alone, and every longer part of one. */
export function redacted(message: string, secrets: readonly string[]): string {
  const parts = new Set(secrets.flatMap(partsOf));
  const hidden = new Array<boolean>(message.length).fill(false);
  for (let at = 0; at + PART <= message.length; at++)
    if (parts.has(message.slice(at, at + PART))) hidden.fill(true, at, at + PART);
  for (const secret of secrets) {
    for (let at = message.indexOf(secret); at >= 0; at = message.indexOf(secret, at + 1))
      if (standsAlone(message, at, secret.length)) hidden.fill(true, at, at + secret.length);
  }
  const shown = (at: number) => (hidden[at] ? (hidden[at - 1] ? "" : REDACTED) : message[at]);
  return Array.from({ length: message.length }, (_, at) => shown(at)).join("");
}

function partsOf(secret: string): string[] {
  return Array.from({ length: Math.max(secret.length - PART + 1, 0) }, (_, at) =>
    secret.slice(at, at + PART),
  );
}

/** Whether what is at a place is a word of its own: `packit` is none in `packit-worker`. */
function standsAlone(message: string, at: number, length: number): boolean {
  const isPart = (character: string | undefined) => character !== undefined && /[\w-]/.test(character);
  const isEnd = (inside: string | undefined, outside: string | undefined) =>
    !isPart(inside) || !isPart(outside);
  return isEnd(message[at], message[at - 1]) && isEnd(message[at + length - 1], message[at + length]);
}

/** What is secret in a Secret, in each of the forms in which a message may quote it. */
function secretTexts({ kind, data, stringData }: KubernetesObject): string[] {
  if (kind !== "Secret") return [];
  const encoded = Object.values((data ?? {}) as Record<string, unknown>).map(String);
  const plain = [
    ...encoded.map((value) => Buffer.from(value, "base64").toString()),
    ...Object.values((stringData ?? {}) as Record<string, unknown>).map(String),
  ];
  const lines = plain.flatMap((value) => value.split("\n").filter((line) => line.length >= LINE));
  const quoted = plain.map((value) => JSON.stringify(value).slice(1, -1));
  const all = [...encoded, ...plain, ...plain.map(base64), ...lines, ...quoted];
  return [...new Set(all.map((value) => value.trim()).filter(Boolean))];
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
