import { z } from "zod";
import { OWN_IMAGE_NAMES } from "../../components/own-images.ts";
import { PART_NAMES, PARTS } from "../../settings/test-instance.ts";
import { jsonIn } from "../../system/json-text.ts";
import type { Tenancy } from "./tenancy.ts";

const text = z.string();
const amount = z.number().nonnegative();
const ownImage = z.enum(OWN_IMAGE_NAMES);

/** Every part has its entry; one that a lease does not know yet is as usual. */
const parts = z.partialRecord(z.enum(PART_NAMES), z.boolean()).transform((given) => {
  const entries = PART_NAMES.map((name) => [name, given[name] ?? PARTS[name]?.isUsual === true]);
  return Object.fromEntries(entries);
});

/** What a lease says of a tenancy, and what is taken to be so where it cannot be read. */
const FIELDS: { readonly [K in keyof Required<Tenancy>]: readonly [z.ZodType<Tenancy[K]>, Tenancy[K]] } = {
  name: [text.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/), ""],
  references: [z.array(text), []],
  base: [text, "?"],
  url: [text, "?"],
  owner: [text, "?"],
  commits: [z.record(text, text), {}],
  requests: [z.object({ cpu: amount, memory: amount }), { cpu: 0, memory: 0 }],
  engine: [z.enum(["apply", "pulumi"]), "apply"],
  parts: [parts, parts.parse({})],
  images: [z.partialRecord(ownImage, text), {}],
  identity: [text.optional(), undefined],
  run: [text, ""],
  order: [amount.optional(), undefined],
  wasUp: [z.boolean(), false],
  ends: [text.optional(), undefined],
  answer: [z.enum(["stopping", "stopped"]).optional(), undefined],
  state: [z.enum(["claiming", "deploying", "up", "failed", "destroying"]), "broken"],
};

/**
 * Reads what stands in the lease of `holder`. What cannot be read makes this one instance broken, and no other: it keeps
 * its slot until it is destroyed or its time is over.
 */
export function readTenancy(content: string, holder: string, lease: string): Tenancy {
  const raw = z.record(text, z.unknown()).safeParse(jsonIn(content)).data ?? {};
  const read = Object.entries(FIELDS).map(([key, [schema, instead]]) => {
    const { success, data } = schema.safeParse(raw[key]);
    return { key, success, value: success ? data : instead };
  });
  // Every field has its entry, with a value of its type.
  const known = Object.fromEntries(read.map(({ key, value }) => [key, value])) as unknown as Tenancy;
  // What a later version says beside them stays.
  const tenancy = { ...raw, ...known };
  if (read.every(({ success }) => success) && tenancy.name === holder) return tenancy;
  const [isName] = FIELDS.name;
  return { ...tenancy, name: isName.safeParse(holder).success ? holder : lease, state: "broken" };
}

const time = z.coerce.date();

/** The times of a lease; a time that is none is taken for `instead`. */
export function leaseTime(value: unknown, instead: Date): Date {
  return (typeof value === "string" ? time.safeParse(value).data : undefined) ?? instead;
}
