import { describe, expect, it } from "vitest";
import { compromises } from "../../../components/configuration/compromises.ts";
import { POLLED_HOST } from "../../../components/configuration/image-supports.ts";
import { egressHosts } from "../../../components/egress.ts";
import { type Changes, settingsOf } from "../../support/stacks.ts";

const MINE = { deployment: "dev", identity: { fasUser: "me" } };

describe("what today's images cannot do", () => {
  it.each(["prod", "stage"])("is nothing to %s", (stack) => {
    expect(compromises(settingsOf(stack))).toEqual([]);
  });

  it.each(["fedora-ci", "fedora-ci-stage"])("is done in another way for %s, and said", (stack) => {
    expect(compromises(settingsOf(stack))).toEqual([
      expect.stringMatching(
        /^Testing Farm's results are asked for every 10 minutes, of api\.dev\.testing-farm\.io/,
      ),
      expect.stringMatching(/^The dashboard shows Fedora CI alone\./),
    ]);
  });

  it("is done in another way for an account of a developer's own", () => {
    expect(compromises(settingsOf("stage", MINE))[0]).toMatch(
      /^Results of Copr builds are asked for every hour/,
    );
  });

  it.each<[string, string, Changes, number]>([
    ["fedmsgUser", "stage", MINE, 0],
    ["testingFarmWebhook", "fedora-ci", {}, 1],
    ["dashboardContexts", "fedora-ci", {}, 1],
  ])("needs no other way once they support %s", (feature, stack, changes, others) => {
    const supports = (value: boolean) =>
      settingsOf(stack, { ...changes, imageSupports: { [feature]: value } });
    expect(compromises(supports(true))).toHaveLength(compromises(supports(false)).length - 1);
    expect(compromises(supports(true)).length).toBeGreaterThanOrEqual(others);
  });

  it("is let through the firewall where it is asked for, and nowhere else", () => {
    const asks = ["prod", "stage", "fedora-ci", "fedora-ci-stage"].filter((stack) =>
      egressHosts(settingsOf(stack)).some(({ host }) => host === POLLED_HOST),
    );
    expect(asks).toEqual(["fedora-ci", "fedora-ci-stage"]);
    const supports = settingsOf("fedora-ci", { imageSupports: { testingFarmWebhook: true } });
    expect(egressHosts(supports).map(({ host }) => host)).not.toContain(POLLED_HOST);
  });

  it("is said of help commands once Fedora CI is switched over", () => {
    const fedoraCi = { prod: { servedBy: "fedora-ci" } };
    expect(compromises(settingsOf("fedora-ci", { fedoraCi })).at(-1)).toMatch(/^It answers \/packit help/);
  });

  it("is not refused once they can", () => {
    const imageSupports = { fedmsgUser: true, deploymentNames: true };
    const identity = { fasUser: "fedora-ci", deploymentName: "fedora-ci" };
    expect(settingsOf("fedora-ci", { imageSupports, identity }).identity).toEqual(identity);
  });
});
