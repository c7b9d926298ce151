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

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = String.raw`${LABEL}(\.${LABEL})*`;

/** RFC 1123 label, as Kubernetes asks of names that are part of a host's. */
export const dnsLabel = text(
  new RegExp(`^(?=.{1,63}$)${LABEL}$`),
  "lower-case letters, digits and dashes, at most 63, no dash at either end",
  "packit--stg",
);

/** A namespace, none of those that Kubernetes and OpenShift have for themselves. */
export const namespaceName = text(
  new RegExp(`^(?!(default|kube|kubernetes|openshift)$|(kube|kubernetes|openshift)-)(?=.{1,63}$)${LABEL}$`),
  "lower-case letters, digits and dashes, at most 63, no dash at either end; not the cluster's own default, kube-…, kubernetes-… and openshift-…",
  "packit--stg",
);

/** RFC 1123 subdomain, as Kubernetes asks of the names of most kinds. */
export const objectName = text(
  new RegExp(`^(?=.{1,253}$)${SUBDOMAIN}$`),
  "lower-case labels of letters, digits and dashes, with dots between them, at most 253 characters",
  "fast.ssd",
);

/**
 * A host name of at least two labels whose last one starts with a letter, so that YAML never reads it as a number.
 * An Ingress would take longer labels, which no Route and no name server takes.
 */
export const hostName = text(
  /^(?=.{1,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "a host name: two or more lower-case labels with dots between them, no scheme, port or path",
  "stg.packit.dev",
);

const PORT = String.raw`([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])`;

const ADDRESS = /^https?:\/\/[^\s@?#\\/]+(\/[^\s?#\\]*)?$/;

/** An address without user, to which its readers append paths: with or without a slash at its end, it says the same. */
const address = z.stringFormat("address", (text) => ADDRESS.test(text) && URL.canParse(text));

/** An address whose readers append a path that starts with a slash. */
export const baseUrl = address
  .overwrite((text) => text.replace(/\/+$/, ""))
  .meta({ allowed: "an http or https address, no user, ? or #", example: "https://dashboard.packit.dev" });

/** An address whose readers append a path as it is: it always ends with a slash. */
export const folderUrl = address
  .overwrite((text) => text.replace(/\/*$/, "/"))
  .meta({ allowed: "an http or https address, no user, ? or #", example: "https://src.fedoraproject.org/" });

/** Where a public repository is cloned from. Its last part is a folder's name, and never one that is hidden. */
export const repositoryUrl = text(
  new RegExp(`^https://(?=[^:/]{1,253}[:/])${SUBDOMAIN}(:${PORT})?(/[A-Za-z0-9~_][A-Za-z0-9._+~-]*)+$`),
  "an https address of a repository, without user or slash at its end",
  "https://github.com/systemd/systemd",
);

/** A branch's name, as git has it. */
export const gitBranch = text(
  /^(?!.*(\.\.|\/\/|\.lock$|[/.]$))[A-Za-z0-9_][A-Za-z0-9._/+-]*$/,
  "a branch's name of letters, digits and ._/+-",
  "main",
);

/**
 * A Kubernetes quantity of bytes, in one of its forms: this program computes with them. So a number without a unit, which
 * is mostly a mistake, and fractions are not taken.
 */
export const bytes = text(
  /^[1-9][0-9]*(Ki|Mi|Gi|Ti)$/,
  "a whole number with the unit Ki, Mi, Gi or Ti",
  "4Gi",
);

/** A Kubernetes quantity of processors, in the forms that Kubernetes itself writes. */
export const cpu = text(
  /^([1-9][0-9]*m|[1-9][0-9]*)$/,
  "whole processors, or thousandths with the unit m",
  "100m",
);

export const labelValue = text(
  /^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/,
  "at most 63 letters, digits, dashes, underscores and dots, a letter or digit at either end",
  "stage",
);

const KEY_NAME = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";

export const labelKey = text(
  new RegExp(`^((?=[^/]{1,253}/)${SUBDOMAIN}/)?${KEY_NAME}$`),
  "a label key: at most 63 letters, digits, dashes, underscores and dots; before it, if need be, a DNS name and a slash",
  "env",
);

/** An annotation's key; unlike a label's, its DNS name may have capitals. */
export const annotationKey = text(
  new RegExp(`^((?=[^/]{1,253}/)${SUBDOMAIN.replaceAll("a-z", "A-Za-z")}/)?${KEY_NAME}$`),
  "an annotation key: at most 63 letters, digits, dashes, underscores and dots; before it, if need be, a DNS name and a slash",
  "nginx.ingress.kubernetes.io/backend-protocol",
);

export const annotationValue = z.string().meta({ allowed: "any text", example: "HTTPS" });

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

/** A day in the form that sorts, the last one on which something is valid. */
export const day = z.iso.date().meta({ allowed: "a day as YYYY-MM-DD", example: "2027-06-30" });

const SQL_NAME = "[a-z_][a-z0-9_]{0,62}";

/** A user that PostgreSQL lets its image's scripts make, of a name that needs no quotes. */
export const sqlUser = text(
  new RegExp(`^(?!(postgres|public|none)$|pg_)${SQL_NAME}$`),
  "at most 63 lower-case letters, digits and underscores, no digit at the start; not PostgreSQL's own postgres, public, none and pg_…",
  "packit",
);

/** A database that PostgreSQL lets its image's scripts make, of a name that needs no quotes. */
export const sqlDatabase = text(
  new RegExp(`^(?!(postgres|template0|template1)$)${SQL_NAME}$`),
  "at most 63 lower-case letters, digits and underscores, no digit at the start; not PostgreSQL's own postgres, template0 and template1",
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
  /^(?!.*\.\.)(?![0-9.]*$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "3 to 63 lower-case letters, digits, dashes and single dots, no bare numbers",
  "arr-packit-stg",
);

export const port = z.int().min(1).max(65_535).meta({ allowed: "a port, 1 to 65535", example: 443 });

export const flag = z.boolean().meta({ allowed: "true or false", example: true });

const UNITS: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** The number of bytes that a quantity accepted by {@link bytes} stands for. */
export function inBytes(quantity: string): number {
  return Number.parseInt(quantity, 10) * (UNITS[quantity.slice(-2)] ?? 1);
}

/** The number of processors that a quantity accepted by {@link cpu} stands for. */
export function inProcessors(quantity: string): number {
  return Number.parseInt(quantity, 10) / (quantity.endsWith("m") ? 1000 : 1);
}
