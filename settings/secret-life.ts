import { X509Certificate } from "node:crypto";
import type { SchemaOutput } from "./schema.ts";
import { CATALOGUE, SECRET_NAMES, type SecretName } from "./secret-catalogue.ts";
import type { Secrets } from "./secrets.ts";
import { formatPath, type Violation } from "./violation.ts";

/** From how many days before its last one a secret is warned of. */
const WARNING_DAYS = 30;
const DAY = 86_400_000;

/** A secret that is over, or soon will be. */
interface Ending {
  readonly path: readonly string[];
  readonly expires: string;
  readonly daysLeft: number;
  readonly purpose: string;
  readonly owner: string;
}

/** Expired secrets as violations, and those that expire soon as one line each. */
export function secretLife(
  settings: Pick<SchemaOutput, "secretRecords" | "owner" | "forges">,
  secrets: Secrets,
  today: Date,
): { readonly violations: readonly Violation[]; readonly warnings: readonly string[] } {
  const endings = endingsOf(settings, secrets, today);
  return {
    violations: [
      ...unknownRecords(settings),
      ...endings
        .filter(({ daysLeft }) => daysLeft < 0)
        .map((ending) => ({
          path: ending.path,
          given: `expired on ${ending.expires}`,
          allowed: `${ending.purpose}, of which ${ending.owner} is the owner, still valid`,
          remedy: renewal(ending),
        })),
    ],
    warnings: endings
      .filter(({ daysLeft }) => daysLeft >= 0 && daysLeft <= WARNING_DAYS)
      .map((ending) => {
        const { path, purpose, owner, expires, daysLeft } = ending;
        const days = daysLeft === 1 ? "1 day" : `${daysLeft} days`;
        return `${formatPath(path)}, ${purpose}, expires on ${expires}, in ${days}. Owner: ${owner}. Renew it: ${renewal(ending)}`;
      }),
  };
}

function endingsOf(
  { secretRecords, owner, forges }: Pick<SchemaOutput, "secretRecords" | "owner" | "forges">,
  secrets: Secrets,
  today: Date,
): Ending[] {
  const certificate = certificateEnd(secrets);
  const names = new Set([...Object.keys(secretRecords), ...(certificate ? ["tlsCertificate"] : [])]);
  return [...names].flatMap((name) => {
    const record = secretRecords[name] ?? {};
    const recorded = record.expires === undefined ? [] : [Date.parse(record.expires) + DAY];
    const own = name === "tlsCertificate" && certificate ? [certificate.getTime()] : [];
    const end = Math.min(...recorded, ...own);
    if (end === Number.POSITIVE_INFINITY) return [];
    return [
      {
        path: name in forges ? ["secrets", "forgeTokens", name] : ["secrets", name],
        // What ends at midnight is valid until the end of the day before.
        expires: new Date(end - 1).toISOString().slice(0, 10),
        daysLeft: Math.ceil((end - today.getTime()) / DAY) - 1,
        purpose: record.purpose ?? purposeOf(name),
        owner: record.owner ?? owner,
      },
    ];
  });
}

/** When the certificate itself ends, where it is at hand. */
function certificateEnd({ tlsCertificate }: Secrets): Date | undefined {
  const text = tlsCertificate?.reveal();
  return text?.startsWith("-----BEGIN") ? new Date(new X509Certificate(text).validTo) : undefined;
}

function unknownRecords({
  secretRecords,
  forges,
}: Pick<SchemaOutput, "secretRecords" | "forges">): Violation[] {
  const external = SECRET_NAMES.filter((name) => CATALOGUE[name].needed !== "generated");
  const known = [...external, ...Object.keys(forges)];
  return Object.keys(secretRecords)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ["secretRecords", name],
      given: "no secret from outside",
      allowed: `one of ${known.join(", ")}`,
      remedy: "correct the name, or remove the record",
    }));
}

function purposeOf(name: string): string {
  return name in CATALOGUE ? CATALOGUE[name as SecretName].purpose : `the account's token at ${name}`;
}

function renewal({ path }: Ending): string {
  const record = formatPath(["secretRecords", path.at(-1) ?? "", "expires"]);
  const then = path.at(-1) === "tlsCertificate" ? "" : `, then pulumi config set --path '${record}' DAY`;
  return `pulumi config set --secret --path '${formatPath(path)}'${then}`;
}
