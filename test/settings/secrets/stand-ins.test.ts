import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOGUE, SECRET_NAMES, type SecretName } from "../../../components/catalogue.ts";
import { inForm } from "../../../schema/secrets/form.ts";
import { fits } from "../../../schema/secrets/forms/certificate.ts";
import { loadSettings } from "../../../settings/load.ts";
import { standIns } from "../../../settings/secrets/stand-ins.ts";
import { issue } from "../../support/certificates.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { configOf, ROOT } from "../../support/stacks.ts";

const OTHER = await issue({ hosts: ["example.com"] });
const OVER = await issue({ hosts: ["stg.packit.dev"], until: "2026-01-02" });

describe("a stand-in", () => {
  it("has the form of each secret that a disposable stack cannot do without, for its hosts and account", async () => {
    const standIn = await standIns(temporaryFolder(), configOf("stage"));
    const around = {
      hosts: ["stg.packit.dev", "workers.stg.packit.dev"],
      principal: "packit-stg@FEDORAPROJECT.ORG",
    };
    const needed = SECRET_NAMES.filter((name) => !["optional", "generated"].includes(CATALOGUE[name].needed));
    for (const name of needed)
      expect(inForm(standIn(name), CATALOGUE[name].form, around), name).toHaveProperty("value");
    expect(inForm(standIn("forgeToken"), "token")).toHaveProperty("value");
    expect(fits(standIn("tlsCertificate"), standIn("tlsPrivateKey"))).toBe(true);
  });

  it("of any secret that a disposable stack asks for passes that secret's own check, and none is optional", async () => {
    const flag = fc.boolean();
    const stacks = fc.record({
      withBackup: flag,
      withFluentdSidecar: flag,
      withTokman: flag,
      withDashboard: flag,
      tls: fc.constantFrom("passthrough", "reencrypt"),
      fasUser: fc.constantFrom("packit-stg", "x", "a.b_c-d"),
    });
    const asked = new Set<string>();
    await fc.assert(
      fc.asyncProperty(stacks, async ({ fasUser, tls, ...changes }) => {
        const fluentd = { splunkHost: "splunk.example.com" };
        const platform = { platform: "openshift", imageSupports: { fedmsgUser: true }, fluentd };
        const own = { ...changes, ...platform, tls, disposable: true, identity: { fasUser } };
        const { values } = configOf("stage", own);
        const secrets = {};
        const config = { stack: "test-one", values: { ...values, secrets, secretRecords: {} } };
        const made = await standIns(temporaryFolder(), config);
        const given: Record<string, string> = {};
        const standIn = (name: SecretName | "forgeToken" | "github") => {
          asked.add(name);
          given[name] = made(name);
          return given[name];
        };
        const loaded = loadSettings(config, { kind: "given", root: ROOT, standIn });
        // What is made up is given: it is held to what a real one is.
        const { forgeToken, ...named } = given;
        const hosts = Object.keys(loaded.secrets.forgeTokens);
        const forgeTokens = Object.fromEntries(hosts.map((host) => [host, forgeToken]));
        const again = { ...config, values: { ...config.values, secrets: { ...named, forgeTokens } } };
        const none = (name: string) => {
          throw new Error(`${name} was not asked for the first time`);
        };
        expect(() => loadSettings(again, { kind: "given", root: ROOT, standIn: none })).not.toThrow();
      }),
      { numRuns: 12 },
    );
    const optional = SECRET_NAMES.filter((name) => CATALOGUE[name].needed === "optional");
    const needed = optional.filter((name) => "isNeeded" in CATALOGUE[name]);
    expect(optional.filter((name) => asked.has(name) && !needed.includes(name))).toEqual([]);
    expect([...asked]).toEqual(expect.arrayContaining(["keytab", "forgeToken", "awsAccessKeyId"]));
  });

  it.each([
    ["is cut", (text: string) => text.slice(0, 40)],
    ["is empty", () => ""],
    ["is something else", () => "[1]"],
    ["lacks one", (text: string) => JSON.stringify({ ...JSON.parse(text), copr: undefined })],
    ["has one that is none", (text: string) => JSON.stringify({ ...JSON.parse(text), sshPrivateKey: "x" })],
    [
      "has a certificate of others",
      (text: string) => JSON.stringify({ ...JSON.parse(text), tlsCertificate: OTHER.cert }),
    ],
    [
      "has a certificate that is over",
      (text: string) => JSON.stringify({ ...JSON.parse(text), tlsCertificate: OVER.cert }),
    ],
  ])("is made anew where what was kept %s", async (_, change) => {
    const folder = temporaryFolder();
    const config = configOf("stage");
    await standIns(folder, config);
    const file = join(folder, "stand-ins.json");
    writeFileSync(file, change(readFileSync(file, "utf8")));
    const standIn = await standIns(folder, config);
    const around = { hosts: ["stg.packit.dev"], principal: "packit-stg@FEDORAPROJECT.ORG" };
    for (const name of ["tlsCertificate", "sshPrivateKey", "copr", "keytab"] as const)
      expect(inForm(standIn(name), CATALOGUE[name].form, around), name).toHaveProperty("value");
  });

  it("is the same until the hosts or the account are others", async () => {
    const folder = temporaryFolder();
    const of = async (changes: object) => {
      const standIn = await standIns(folder, configOf("stage", { ...changes }));
      return [standIn("tlsCertificate"), standIn("keytab"), standIn("sshPrivateKey")];
    };
    const [certificate, keytab, ssh] = await of({});
    expect(await of({})).toEqual([certificate, keytab, ssh]);
    expect(await of({ identity: { fasUser: "packit" } })).toEqual([
      certificate,
      expect.not.stringMatching(`^${keytab}$`),
      ssh,
    ]);
    expect((await of({ hosts: { service: "x.example.com" } }))[0]).not.toBe(certificate);
  });
});
