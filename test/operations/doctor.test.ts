import { describe, expect, it } from "vitest";
import { EnvironmentError } from "../../errors.ts";
import { type Ask, clusterNeeds, localNeeds, type PulumiArgs, pulumiNeeds } from "../../operations/doctor.ts";

const missing = (all: readonly { what: string; found?: string | undefined }[]) =>
  all.filter(({ found }) => found === undefined).map(({ what }) => what);

/** How the stack stage is asked for, where one file is there. */
function of(env: NodeJS.ProcessEnv): PulumiArgs {
  return { stack: "stage", env, isReadable: (path) => path === "file" };
}

/** Programs that answer as these do, by their first two words; others are not on PATH. */
function programs(answers: Readonly<Record<string, string>>): Ask {
  return async (program, args) => answers[`${program} ${args[0]}`];
}

const ALL = {
  "node --version": "v22.18.0",
  "pulumi version": "v3.260.0",
  "pulumi whoami": "ada",
  "pulumi stack": JSON.stringify([{ name: "organization/packit/stage" }]),
};

describe("what is missing", () => {
  it.each([
    ["go version go1.26.0 linux/amd64", 6, []],
    ["go version go1.25.9 linux/amd64", 6, ["Go 1.26 or newer"]],
    ["go version go2.0 linux/amd64", 6, []],
    [undefined, 4, ["Go 1.26 or newer", "5 GiB of free room"]],
  ])("for the local control plane, with %s and %i GiB", async (go, free, wanted) => {
    const ask = programs(go === undefined ? {} : { "go version": go });
    expect(missing(await localNeeds(ask, free * 2 ** 30))).toEqual(wanted);
  });

  it("for pulumi up is nothing where all is there", async () => {
    const env = { PULUMI_CONFIG_PASSPHRASE_FILE: "file" };
    expect(missing(await pulumiNeeds(programs(ALL), of(env)))).toEqual([]);
  });

  it.each([
    ["an old Node", { "node --version": "v22.17.9" }, ["Node 22.18 or newer on PATH"]],
    ["an old CLI", { "pulumi version": "v3.259.1" }, ["Pulumi's CLI, 3.260 or newer"]],
    ["no login", { "pulumi whoami": "" }, ["a login to the state", "the stack stage"]],
    ["another stack", { "pulumi stack": '[{"name":"prod"}]' }, ["the stack stage"]],
    ["no list", { "pulumi stack": "warning: no" }, ["the stack stage"]],
  ])("for pulumi up is told with %s, and a passphrase never shown", async (_, changes, wanted) => {
    const env = { PULUMI_CONFIG_PASSPHRASE: "MARKED" };
    const found = await pulumiNeeds(programs({ ...ALL, ...changes }), of(env));
    expect(missing(found)).toEqual(wanted);
    expect(JSON.stringify(found)).not.toContain("MARKED");
  });

  it.each<[string, Partial<PulumiArgs>, boolean]>([
    ["no variable", {}, true],
    ["an empty passphrase", { env: { PULUMI_CONFIG_PASSPHRASE: "" } }, false],
    ["a file that is not there", { env: { PULUMI_CONFIG_PASSPHRASE_FILE: "gone" } }, true],
    ["secrets of the provider's own", { secretsProvider: "awskms://key" }, false],
    ["secrets of a passphrase, by name", { secretsProvider: "passphrase" }, true],
  ])("for pulumi up is a passphrase or not, with %s", async (_, changes, isMissing) => {
    const found = missing(await pulumiNeeds(programs(ALL), { ...of({}), ...changes }));
    expect(found).toEqual(isMissing ? ["the stack's passphrase"] : []);
  });

  it("of a cluster that cannot be reached is told in the words of the failure", async () => {
    const refuse = () => {
      throw new EnvironmentError("There is no kubeconfig.");
    };
    expect(await clusterNeeds(refuse, "stage", [])).toEqual([
      { what: "the context stage", remedy: "There is no kubeconfig." },
    ]);
  });
});
