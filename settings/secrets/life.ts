import { CATALOGUE, SECRET_NAMES, type SecretName } from "../../components/catalogue.ts";
import { githubSecrets } from "../../components/github/secrets.ts";
import type { SchemaOutput } from "../../components/schema.ts";
import type { Secrets } from "../../components/settings.ts";
import { validity } from "../../schema/secrets/forms/certificate.ts";
import { coprEnd } from "../../schema/secrets/forms/copr.ts";
import { formatPath, type Violation } from "../violation.ts";

/** From how many days before its last one a secret is warned of. */
const WARNING_DAYS = 30;
const DAY = 86_400_000;

type Records = Pick<SchemaOutput, "secretRecords" | "owner" | "forges" | "github">;

/** A secret that is over, or soon will be. */
interface Ending {
  /** Where the secret is given. */
  readonly path: readonly string[];
  /** Where the day stands: in its record, or in the secret itself. */
  readonly dayAt: readonly string[];
  readonly expires: string;
  readonly daysLeft: number;
  readonly purpose: string;
  readonly owner: string;
  /** How it is renewed. */
  readonly renewal: string;
}

/** Secrets that are over or not valid yet as violations, and those that expire soon as one line each. */
export function secretLife(
  records: Records,
  secrets: Secrets,
  today: Date,
): { readonly violations: readonly Violation[]; readonly warnings: readonly string[] } {
  const endings = endingsOf(records, secrets, today);
  return {
    violations: [
      ...unknownRecords(records),
      ...notYetValid(secrets, today),
      ...endings
        .filter(({ daysLeft }) => daysLeft < 0)
        .map(({ dayAt, expires, purpose, owner, renewal }) => ({
          path: dayAt,
          given: `expired on ${expires}`,
          allowed: `${purpose}, of which ${owner} is the owner, still valid`,
          remedy: renewal,
        })),
    ],
    warnings: endings
      .filter(({ daysLeft }) => daysLeft >= 0 && daysLeft <= WARNING_DAYS)
      .map(({ path, purpose, owner, expires, daysLeft, renewal }) => {
        const days = daysLeft === 1 ? "1 day" : `${daysLeft} days`;
        return `${formatPath(path)}, ${purpose}, expires on ${expires}, in ${days}. Owner: ${owner}. Renew it: ${renewal}`;
      }),
  };
}

function endingsOf(records: Records, secrets: Secrets, today: Date): Ending[] {
  const { secretRecords, owner, forges } = records;
  const own = ownEnds(secrets);
  const names = new Set([...Object.keys(secretRecords), ...own.keys()]);
  return [...names].flatMap((name) => {
    const record = secretRecords[name] ?? {};
    const recorded = record.expires === undefined ? Number.POSITIVE_INFINITY : endOf(record.expires);
    const end = Math.min(recorded, own.get(name) ?? Number.POSITIVE_INFINITY);
    if (end === Number.POSITIVE_INFINITY) return [];
    const path = name in forges ? ["secrets", "forgeTokens", name] : ["secrets", ...stepsOf(name)];
    const recordAt = ["secretRecords", name, "expires"];
    const isRecorded = record.expires !== undefined;
    const then =
      isRecorded || !own.has(name) ? `, then pulumi config set --path '${formatPath(recordAt)}' DAY` : "";
    return [
      {
        path,
        dayAt: recorded === end ? recordAt : path,
        // What ends at midnight is valid until the end of the day before.
        expires: new Date(end - 1).toISOString().slice(0, 10),
        daysLeft: Math.ceil((end - today.getTime()) / DAY) - 1,
        purpose: record.purpose ?? ofGitHub(records)[name] ?? purposeOf(name),
        owner: record.owner ?? owner,
        renewal: `pulumi config set --secret --path '${formatPath(path)}'${then}`,
      },
    ];
  });
}

/** When secrets end that say so themselves, where they are at hand. */
function ownEnds({ tlsCertificate, copr }: Secrets): ReadonlyMap<string, number> {
  const chain = chainIn(tlsCertificate?.reveal());
  const day = coprEnd(copr?.reveal() ?? "");
  return new Map([
    ...(chain === undefined ? [] : [["tlsCertificate", validity(chain).until.getTime()] as const]),
    ...(day === undefined ? [] : [["copr", endOf(day)] as const]),
  ]);
}

/** The moment after a day that is the last one of something. */
function endOf(day: string): number {
  return Date.parse(day) + DAY;
}

function notYetValid({ tlsCertificate }: Secrets, today: Date): Violation[] {
  const chain = chainIn(tlsCertificate?.reveal());
  const from = chain === undefined ? today : validity(chain).from;
  if (from <= today) return [];
  return [
    {
      path: ["secrets", "tlsCertificate"],
      given: `valid only from ${from.toISOString()}`,
      allowed: `${purposeOf("tlsCertificate")}, valid now`,
      remedy: "wait until then, give another one, or set this machine's clock",
    },
  ];
}

/** In output without secrets, another word stands for the certificate. */
function chainIn(text: string | undefined): string | undefined {
  return text?.startsWith("-----BEGIN") ? text : undefined;
}

function unknownRecords({ secretRecords, forges, github }: Records): Violation[] {
  const external = SECRET_NAMES.filter((name) => CATALOGUE[name].needed !== "generated");
  const known = [...external, ...Object.keys(forges), ...Object.keys(ofGitHub({ github }))];
  return Object.keys(secretRecords)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ["secretRecords", name],
      given: "no secret from outside",
      allowed: `one of ${known.join(", ")}`,
      remedy: "correct the name, or remove the record",
    }));
}

/** What GitHub is given, by the names of its records, each with what it is for. */
function ofGitHub({ github }: Pick<Records, "github">): Readonly<Record<string, string>> {
  const all = Object.entries(githubSecrets(github));
  return Object.fromEntries(all.map(([name, purpose]) => [`${OF_GITHUB}${name}`, purpose]));
}

/** Where a secret of this name is given: no other one than GitHub's has a dot in its name, and no forge is a bare `github`. */
function stepsOf(name: string): string[] {
  return name.startsWith(OF_GITHUB) ? ["github", name.slice(OF_GITHUB.length)] : [name];
}

const OF_GITHUB = "github.";

function purposeOf(name: string): string {
  return name in CATALOGUE ? CATALOGUE[name as SecretName].purpose : `the account's token at ${name}`;
}
