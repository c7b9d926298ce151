import { describe, expect, it } from "vitest";
import { overridden } from "../../local/overrides.ts";
import { loadSettings } from "../../settings/load.ts";
import { readStackFile } from "../../settings/stack-file.ts";
import { GITHUB } from "../support/github-settings.ts";
import { MARK } from "../support/marks.ts";
import { configOf, ROOT } from "../support/stacks.ts";

describe("what a local control plane replaces of a stack", () => {
  it("is what this machine lacks, and nothing else", () => {
    const before = readStackFile(ROOT, "stage");
    const { config, overrides } = overridden(before);
    expect(overrides.map(({ key }) => key)).toEqual([
      "kubeContext",
      "disposable",
      "platform",
      "storageClass",
      "secrets",
    ]);
    const {
      kubeContext: _,
      disposable: __,
      platform: ___,
      storageClass,
      secrets: ____,
      ...rest
    } = config.values;
    const { kubeContext: _a, platform: _b, secrets: _c, ...restBefore } = before.values;
    expect(rest).toEqual(restBefore);
    expect(storageClass).toBe("local");
  });

  it("keeps no record of real secrets, which says nothing of stand-ins: one that is over keeps nobody from trying", () => {
    const secretRecords = { keytab: { owner: "Ada", expires: "2020-01-01" } };
    expect(overridden(configOf("stage", { secretRecords })).config.values).not.toHaveProperty(
      "secretRecords",
    );
  });

  it("is the cluster of all stacks, so that two that would share a namespace here are told", () => {
    const others = readStackFile(ROOT, "stage").others ?? [];
    expect(others.length).toBeGreaterThan(0);
    for (const other of overridden(readStackFile(ROOT, "stage")).config.others ?? [])
      expect(other.values.kubeContext, other.stack).toBe("packit-local");
  });

  it("never holds or names a secret that the stack was given", () => {
    expect(JSON.stringify(overridden(configOf("stage")))).not.toContain(MARK);
  });

  it("is what a stack declares of GitHub, so that nothing there is changed from this machine", () => {
    const before = configOf("stage", GITHUB);
    expect(loadSettings(before, { kind: "given", root: ROOT }).github).toBeDefined();
    const { config, overrides } = overridden(before);
    expect(overrides.map(({ key }) => key)).toContain("github");
    const { github, deployer } = loadSettings(config, { kind: "redacted" });
    expect([github, deployer]).toEqual([undefined, { token: expect.anything() }]);
  });

  it("leaves out what the stack leaves out", () => {
    const secrets = { sentryDsn: { leftOut: "none here" }, copr: "x" };
    expect(overridden({ stack: "s", values: { secrets } }).config.values.secrets).toEqual({
      sentryDsn: secrets.sentryDsn,
    });
  });

  it("is the storage class, if the stack names another", () => {
    const { config, overrides } = overridden({ stack: "s", values: { storageClass: "aws-ebs" } });
    expect(config.values.storageClass).toBe("local");
    expect(overrides).toContainEqual(
      expect.objectContaining({ key: "storageClass", from: "aws-ebs", to: "local" }),
    );
  });
});
