import { describe, expect, it } from "vitest";
import { loadSettings } from "../../../settings/load.ts";
import { StackFile } from "../../../settings/stack-file.ts";
import { issue } from "../../support/certificates.ts";
import { marked } from "../../support/marks.ts";
import { type Changes, configOf, ROOT } from "../../support/stacks.ts";

const GIVEN = { kind: "given", root: ROOT } as const;
const HOSTS = ["stg.packit.dev", "dashboard.stg.packit.dev", "workers.stg.packit.dev"];
const DAY = 86_400_000;
const TODAY = new Date("2026-11-21T12:00:00Z");

describe("a secret with a last day", () => {
  it("is an error from the day after it, with its owner and how it is renewed", () => {
    const changes = { secretRecords: { testingFarmSecret: { owner: "Ada", expires: "2026-11-20" } } };
    const { message } = errorOf(changes);
    expect(message).toContain("packit:secretRecords.testingFarmSecret.expires");
    expect(message).toContain("expired on 2026-11-20");
    expect(message).toContain("of which Ada is the owner");
    expect(message).toContain("pulumi config set --secret --path 'packit:secrets.testingFarmSecret'");
  });

  it.each([
    [0, "in 0 days"],
    [1, "in 1 day"],
    [30, "in 30 days"],
  ])("is a warning while there are %i days left", (days, words) => {
    const [warning, ...others] = warningsOf({ copr: { expires: inDays(days) } });
    expect(others).toEqual([]);
    expect(warning).toContain(`packit:secrets.copr, Copr's API token`);
    expect(warning).toContain(words);
    expect(warning).toContain("Owner: hello@packit.dev");
  });

  it("is no warning before that, and without a last day", () => {
    expect(warningsOf({ copr: { expires: inDays(31) }, keytab: { owner: "Ada" } })).toEqual([]);
  });

  it("can be a forge's token, by the forge's host", () => {
    const [warning] = warningsOf({ "gitlab.com": { expires: inDays(3), purpose: "merge requests" } });
    expect(warning).toContain('packit:secrets.forgeTokens["gitlab.com"], merge requests,');
  });

  it("is a certificate by itself, with no record of it", () => {
    const soon = new Date("2124-12-20T12:00:00Z");
    const { warnings } = loadSettings(configOf("stage"), GIVEN, soon);
    expect(warnings).toEqual([expect.stringContaining("packit:secrets.tlsCertificate")]);
    const valid = new Date("2124-12-31T23:59:00Z");
    expect(() => loadSettings(configOf("stage"), GIVEN, valid)).not.toThrow();
    const over = new Date("2125-01-01T00:01:00Z");
    expect(() => loadSettings(configOf("stage"), GIVEN, over)).toThrow("expired on");
  });

  it("is a certificate until its own end or the recorded day, whichever is earlier", () => {
    const over = new Date("2125-01-01T00:01:00Z");
    for (const record of [{ owner: "Ada" }, { expires: "2999-01-01" }]) {
      const config = configOf("stage", { secretRecords: { tlsCertificate: record } });
      expect(() => loadSettings(config, GIVEN, over)).toThrow("expired on");
    }
    expect(() => warningsOf({ tlsCertificate: { expires: inDays(-1) } })).toThrow("expired on");
  });

  it("is a certificate until any in its chain ends, and from when all have begun", async () => {
    const issuer = await issue({ isCa: true, until: "2026-11-20" });
    const leaf = await issue({ hosts: HOSTS, by: issuer, from: "2026-11-01" });
    const secrets = { tlsCertificate: leaf.cert + issuer.cert, tlsPrivateKey: leaf.key };
    const on = (day: string) =>
      loadSettings(configOf("stage", { secrets }), GIVEN, new Date(`${day}T12:00:00Z`));
    expect(() => on("2026-11-21")).toThrow(/tlsCertificate\n {4}given {4}expired on 2026-11-19/);
    expect(on("2026-11-19").warnings).toEqual([expect.stringContaining("in 0 days")]);
    expect(() => on("2026-10-31")).toThrow(
      /tlsCertificate\n {4}given {4}valid only from 2026-11-01T00:00:00/,
    );
  });

  it("is Copr's token, which says so in a comment of its file", () => {
    const copr = (day: string) => ({ secrets: { copr: `${marked("copr")}# expiration date: ${day}\n` } });
    const warned = loadSettings(configOf("stage", copr(inDays(0))), GIVEN, TODAY).warnings;
    expect(warned).toEqual([
      expect.stringMatching(/packit:secrets\.copr, .* in 0 days.*packit:secrets\.copr'$/),
    ]);
    expect(errorOf(copr(inDays(-1))).message).toMatch(
      /packit:secrets\.copr\n {4}given {4}expired on 2026-11-20/,
    );
    const recorded = { ...copr(inDays(90)), secretRecords: { copr: { expires: inDays(-1) } } };
    expect(errorOf(recorded).message).toContain("packit:secretRecords.copr.expires\n    given    expired on");
    expect(errorOf(copr("2020-01-01")).message).not.toContain("MARKED");
  });

  it("is of a secret from outside: a record of anything else is refused, with the names that there are", () => {
    for (const name of ["testingFarmSecrte", "github.example.com", "valkeyPassword"]) {
      const { message } = errorOf({ secretRecords: { [name]: { owner: "Ada" } } });
      expect(message, name).toContain("no secret from outside");
      expect(message, name).toMatch(/one of tlsCertificate, .*testingFarmSecret.*gitlab\.com/);
    }
  });

  it("is told beside all other secrets that are wrong", () => {
    const secrets = { copr: `${marked("copr")}# expiration date: 2020-01-01\n`, keytab: "x" };
    const { message } = errorOf({ secrets, secretRecords: { "gitlab.com": { expires: "2020-01-01" } } });
    expect(message).toContain("3 settings are wrong");
  });

  it("is told at the line of its day, and else at the secret's own", () => {
    const text = `config:
  packit:secrets:
    copr: { secure: v1:abc }
  packit:secretRecords:
    copr: { owner: Ada, expires: 2020-01-01 }
    "gitlab.com":
      purpose: x
      expires: 2020-01-01
`;
    const file = new StackFile("Pulumi.stage.yaml", text);
    const copr = `${marked("copr")}# expiration date: 2020-01-01\n`;
    const { values } = configOf("stage", { secrets: { copr } });
    const linesOf = (secretRecords: unknown) => {
      const config = { stack: "stage", values: { ...values, secretRecords }, file };
      return thrown(() => loadSettings(config, GIVEN, TODAY)).message.match(/\S+:\d+ {2}packit:secret\S+/g);
    };
    const { secretRecords } = file.values();
    expect(linesOf(secretRecords)).toEqual([
      "Pulumi.stage.yaml:5  packit:secretRecords.copr.expires",
      'Pulumi.stage.yaml:8  packit:secretRecords["gitlab.com"].expires',
    ]);
    expect(linesOf({})).toEqual(["Pulumi.stage.yaml:3  packit:secrets.copr"]);
  });
});

function inDays(days: number): string {
  return new Date(TODAY.getTime() + days * DAY).toISOString().slice(0, 10);
}

function warningsOf(secretRecords: object): readonly string[] {
  return loadSettings(configOf("stage", { secretRecords }), GIVEN, TODAY).warnings;
}

function errorOf(changes: Changes): Error {
  return thrown(() => loadSettings(configOf("stage", changes), GIVEN, TODAY));
}

function thrown(cause: () => unknown): Error {
  try {
    cause();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was refused");
}
