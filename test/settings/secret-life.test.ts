import { describe, expect, it } from "vitest";
import { loadSettings } from "../../settings/load.ts";
import { type Changes, configOf, ROOT } from "../support/stacks.ts";

const DAY = 86_400_000;
const TODAY = new Date("2026-11-21T12:00:00Z");

describe("a secret with a last day", () => {
  it("is an error from the day after it, with its owner and how it is renewed", () => {
    const changes = { secretRecords: { testingFarmSecret: { owner: "Ada", expires: "2026-11-20" } } };
    const { message } = errorOf(changes);
    expect(message).toContain("packit:secrets.testingFarmSecret");
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
    const { warnings } = loadSettings(configOf("stage"), { kind: "given", root: ROOT }, soon);
    expect(warnings).toEqual([expect.stringContaining("packit:secrets.tlsCertificate")]);
    const valid = new Date("2124-12-31T23:59:00Z");
    expect(() => loadSettings(configOf("stage"), { kind: "given", root: ROOT }, valid)).not.toThrow();
    const over = new Date("2125-01-01T00:01:00Z");
    expect(() => loadSettings(configOf("stage"), { kind: "given", root: ROOT }, over)).toThrow("expired on");
  });

  it("is a certificate until its own end or the recorded day, whichever is earlier", () => {
    const over = new Date("2125-01-01T00:01:00Z");
    for (const record of [{ owner: "Ada" }, { expires: "2999-01-01" }]) {
      const config = configOf("stage", { secretRecords: { tlsCertificate: record } });
      expect(() => loadSettings(config, { kind: "given", root: ROOT }, over)).toThrow("expired on");
    }
    expect(() => warningsOf({ tlsCertificate: { expires: inDays(-1) } })).toThrow("expired on");
  });
});

function inDays(days: number): string {
  return new Date(TODAY.getTime() + days * DAY).toISOString().slice(0, 10);
}

function warningsOf(secretRecords: object): readonly string[] {
  return loadSettings(configOf("stage", { secretRecords }), { kind: "given", root: ROOT }, TODAY).warnings;
}

function errorOf(changes: Changes): Error {
  try {
    loadSettings(configOf("stage", changes), { kind: "given", root: ROOT }, TODAY);
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was refused");
}
