import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CATALOGUE, type SecretName } from "../../components/catalogue.ts";
import { inForm, type Surroundings } from "../../schema/secrets/form.ts";
import { encodedKeytab } from "../../schema/secrets/forms/keytab.ts";
import { jsonIn } from "../../system/json-text.ts";
import { makeFolder } from "../../system/make-folder.ts";
import type { StackConfig } from "../stack-file.ts";
import { principalOf } from "./needs.ts";
import type { StandIn } from "./source.ts";

/** How long a stand-in certificate is valid, in days: longer than any stack that may use it lives. */
const CERTIFICATE_DAYS = 365;

/** What stand-ins are made from: the values that must have a certain form, and a token for all others. */
export type StandIns = Readonly<Record<string, string>>;

/**
 * Stand-ins for the secrets that a disposable stack needs and was not given: a self-signed certificate for its hosts, a
 * keytab of its account, keys that fit nothing, tokens that no service knows. They are kept in `directory` (mode 0600),
 * so that the next run finds the same ones.
 */
export async function standIns(directory: string, config: StackConfig): Promise<StandIn> {
  const file = join(directory, "stand-ins.json");
  const former = existsSync(file) ? storedIn(readFileSync(file, "utf8")) : undefined;
  const made = await madeStandIns(config, former);
  if (made !== former) write(directory, file, made);
  return standInFrom(made);
}

/** Stand-ins that fit a configuration: the former ones themselves as long as they do. */
export async function madeStandIns(config: StackConfig, former?: StandIns): Promise<StandIns> {
  const hosts = textsIn(config.values.hosts).sort();
  const principal = principalIn(config);
  const kept = (former && fitting(former, { hosts, principal })) ?? (await keys());
  if (kept.hosts === hosts.join() && kept.principal === principal) return kept;
  const made = kept.hosts === hosts.join() ? {} : { hosts: hosts.join(), ...(await certificate(hosts)) };
  return { ...kept, ...made, principal, keytab: encodedKeytab([principal], randomBytes(32)) };
}

/** Gives each secret its stand-in. */
export function standInFrom(made: StandIns): StandIn {
  return (name) => made[name] ?? `stand-in-${made.token}`;
}

/** Stand-ins as they were kept; nothing if they cannot be read. */
export function storedIn(text: string): StandIns | undefined {
  return z.record(z.string(), z.string()).safeParse(jsonIn(text)).data;
}

/** What of former ones would not be refused by now; nothing if all are to be made anew. */
function fitting(former: StandIns, around: Surroundings): StandIns | undefined {
  if (former.token === undefined || MADE.some((name) => !isFit(name, former[name], around))) return undefined;
  // A certificate is of its hosts, and for a time.
  return isFit("tlsCertificate", former.tlsCertificate, around) ? former : { ...former, hosts: "none" };
}

function isFit(name: SecretName, value: string | undefined, around: Surroundings): boolean {
  return value !== undefined && "value" in inForm(value, CATALOGUE[name].form, around);
}

/** The account of a configuration, as far as it can be read before it is checked. */
function principalIn({ values: { identity, packitConfig } }: StackConfig): string {
  const { fasUser } = mapOf(identity);
  const { kerberos_realm: realm } = mapOf(packitConfig);
  return principalOf(String(fasUser), typeof realm === "string" ? realm : undefined);
}

function textsIn(value: unknown): string[] {
  return Object.values(mapOf(value)).filter((text) => typeof text === "string");
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Who makes certificates takes longer to load than all else that a stack without stand-ins needs of the settings. */
async function certificate(hosts: readonly string[]) {
  const { generate } = await import("selfsigned");
  const { cert, private: key } = await generate([{ name: "commonName", value: hosts[0] ?? "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + CERTIFICATE_DAYS * 86_400_000),
    extensions: [{ name: "subjectAltName", altNames: hosts.map((value) => ({ type: 2 as const, value })) }],
  });
  return { tlsCertificate: cert, tlsPrivateKey: key } satisfies Partial<Record<SecretName, string>>;
}

/** The stand-ins that {@link keys} makes. */
const MADE = ["sshPrivateKey", "githubAppPrivateKey", "githubAppId", "copr"] as const;

/** The stand-ins that must have a certain form; all others are one token. */
async function keys(): Promise<Record<string, string>> {
  const { default: sshpk } = await import("sshpk");
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const made: Record<(typeof MADE)[number], string> = {
    sshPrivateKey: sshpk.generatePrivateKey("ed25519").toString("openssh"),
    githubAppPrivateKey: rsa.privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    githubAppId: "0",
    copr: "[copr-cli]\nlogin = stand-in\nusername = stand-in\ntoken = stand-in\ncopr_url = https://copr.fedorainfracloud.org\n",
  };
  return { ...made, token: randomBytes(16).toString("hex") };
}

function write(directory: string, file: string, content: object): void {
  makeFolder(directory, 0o700);
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 });
  renameSync(temporary, file);
}
