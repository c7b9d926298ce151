import { z } from "zod";

declare module "zod" {
  /** What a value's schema says for an error message: the allowed form in words, and one example of it. */
  interface GlobalMeta {
    allowed?: string;
    example?: unknown;
  }
}

/** A text of one form, with the form in words and an example for error messages. */
export const text = (pattern: RegExp, allowed: string, example: string) =>
  z.string().regex(pattern).meta({ allowed, example });

/** RFC 1123 label, as Kubernetes asks of namespaces. */
export const dnsLabel = text(
  /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  "lower-case letters, digits and dashes, at most 63, no dash at either end",
  "packit--stg",
);

/** A host name of at least two labels whose last one starts with a letter, so that YAML never reads it as a number. */
export const hostName = text(
  /^(?=.{1,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "a host name: lower-case labels with dots between them, no scheme, port or path",
  "stg.packit.dev",
);

export const url = z
  .url({ protocol: /^https?$/ })
  .regex(/^[^\s@]+$/)
  .meta({ allowed: "an http or https address", example: "https://dashboard.packit.dev" });

/** Where a public repository is cloned from. Its last part is a folder's name, and never one that is hidden. */
export const repositoryUrl = text(
  /^https:\/\/[a-z0-9.-]+(:\d+)?(\/[A-Za-z0-9~_][A-Za-z0-9._+~-]*)+$/,
  "an https address of a repository, without user or slash at its end",
  "https://github.com/systemd/systemd",
);

/** A branch's name, as git has it. */
export const gitBranch = text(
  /^(?!.*(\.\.|\/\/|\.lock$|[/.]$))[A-Za-z0-9_][A-Za-z0-9._/+-]*$/,
  "a branch's name of letters, digits and ._/+-",
  "main",
);

/** A Kubernetes quantity of bytes. */
export const bytes = text(
  /^[1-9][0-9]*(Ki|Mi|Gi|Ti)$/,
  "a whole number with the unit Ki, Mi, Gi or Ti",
  "4Gi",
);

/** A Kubernetes quantity of processors. */
export const cpu = text(
  /^([1-9][0-9]*m|[1-9][0-9]*)$/,
  "whole processors, or thousandths with the unit m",
  "100m",
);

/** An image reference with a tag or a digest, so that nothing ever falls back to `latest` unseen. */
export const imageReference = text(
  /^[a-z0-9]([-._a-z0-9:]*[a-z0-9])?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][-._A-Za-z0-9]{0,127}|@sha256:[0-9a-f]{64})$/,
  "an image reference with a tag or a sha256 digest",
  "quay.io/packit/packit-worker:stg",
);

export const labelValue = text(
  /^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/,
  "at most 63 letters, digits, dashes, underscores and dots, a letter or digit at either end",
  "stage",
);

export const labelKey = text(
  /^((?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  "a label key, with an optional DNS prefix and a slash",
  "env",
);

export const line = text(/^\S([^\r\n]*\S)?$/, "one line of text, no space at either end", "packit-stg");

export const count = z.int().min(0).max(1000).meta({ allowed: "a whole number from 0 to 1000", example: 2 });

export const positive = z
  .int()
  .min(1)
  .max(1000)
  .meta({ allowed: "a whole number from 1 to 1000", example: 1 });

export const seconds = z
  .int()
  .min(0)
  .max(86_400)
  .meta({ allowed: "seconds, a whole number from 0 to 86400", example: 900 });

const CRON_FIELDS = [
  ["[0-5]?\\d"],
  ["[01]?\\d|2[0-3]"],
  ["0?[1-9]|[12]\\d|3[01]"],
  ["0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"],
  ["[0-6]|SUN|MON|TUE|WED|THU|FRI|SAT"],
].map(([value]) => {
  const item = `(\\*|(${value})(-(${value}))?)(/[1-9]\\d?)?`;
  return `${item}(,${item})*`;
});

/** A CronJob's schedule, each field within its range. */
export const schedule = text(
  new RegExp(`^${CRON_FIELDS.join(" ")}$`),
  "five cron fields: minute, hour, day of the month, month, day of the week",
  "0 2 * * 0",
);

export const timeZone = text(
  /^[A-Z][A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/,
  "a time zone of the IANA database",
  "Etc/UTC",
);

/** A day in the form that sorts, the last one on which something is valid. */
export const day = z.iso.date().meta({ allowed: "a day as YYYY-MM-DD", example: "2027-06-30" });

/** A name that PostgreSQL, and its image's scripts, take without quotes. */
export const sqlName = text(
  /^[a-z_][a-z0-9_]{0,62}$/,
  "at most 63 lower-case letters, digits and underscores, no digit at the start",
  "packit",
);

/** What the names of objects in S3 start with, without slashes at either end. */
export const objectPrefix = text(
  /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
  "letters, digits, dots, dashes and underscores, with slashes between",
  "database",
);

/** A name of an S3 bucket. */
export const bucket = text(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "3 to 63 lower-case letters, digits, dots and dashes",
  "arr-packit-stg",
);

export const port = z.int().min(1).max(65_535).meta({ allowed: "a port, 1 to 65535", example: 443 });

export const flag = z.boolean().meta({ allowed: "true or false", example: true });

const UNITS: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Whether an image reference names one image for ever. */
export function isDigest(reference: string): boolean {
  return DIGEST.test(reference);
}

/** The number of bytes that a quantity accepted by {@link bytes} stands for. */
export function inBytes(quantity: string): number {
  return Number.parseInt(quantity, 10) * (UNITS[quantity.slice(-2)] ?? 1);
}

/** The number of processors that a quantity accepted by {@link cpu} stands for. */
export function inProcessors(quantity: string): number {
  return Number.parseInt(quantity, 10) / (quantity.endsWith("m") ? 1000 : 1);
}
