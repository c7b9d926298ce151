import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { settingsFromEngine } from "../../settings/engine.ts";
import { HANDED_SECRETS } from "../../settings/secrets/handed.ts";
import { madeStandIns } from "../../settings/secrets/stand-ins.ts";
import { PREFIX } from "../../settings/stack-file.ts";
import { yamlForEngine } from "../../settings/yaml-writing.ts";
import { project } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MARK, marked } from "../support/marks.ts";
import { type Changes, configOf, merge } from "../support/stacks.ts";

afterEach(() => vi.unstubAllEnvs());

describe("settings from Pulumi's engine", () => {
  it("are those of the stack, maps from JSON and scalars from bare text", async () => {
    const settings = await load({ repositoryCache: { enabled: false }, withBeat: false });
    expect(settings.deployment).toBe("stg");
    expect(settings.withBeat).toBe(false);
    expect(settings.repositoryCache).toMatchObject({ enabled: false, size: "4Gi" });
    expect(settings.secrets.testingFarmSecret.reveal()).toBe(marked("testingFarmSecret"));
  });

  it("have stand-ins for missing secrets in a disposable stack, the same ones each time", async () => {
    const root = project();
    const changes = { disposable: true, secrets: undefined };
    const [one, two] = [await load(changes, { root }), await load(changes, { root })];
    expect(one.secrets.tlsCertificate?.reveal()).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(one.secrets.sshPrivateKey.reveal()).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----/);
    expect(two.secrets.tlsCertificate?.reveal()).toBe(one.secrets.tlsCertificate?.reveal());
  });

  it("have the secrets and stand-ins that a command hands over, and keep none of them", async () => {
    const root = project();
    const secrets = { testingFarmSecret: marked("testingFarmSecret") };
    const standIns = { ...(await madeStandIns(configOf("stage"))), token: "of-the-command" };
    vi.stubEnv(HANDED_SECRETS, JSON.stringify({ secrets, standIns }));
    const settings = await load({ disposable: true, secrets: undefined }, { root });
    expect(settings.secrets.testingFarmSecret.reveal()).toBe(marked("testingFarmSecret"));
    expect(settings.secrets.forgeTokens["src.fedoraproject.org"]?.reveal()).toBe("stand-in-of-the-command");
    expect(existsSync(join(root, ".local"))).toBe(false);
    await expect(load({ secrets: undefined }, { root })).rejects.toThrow("packit:secrets.tlsCertificate");
  });

  it("have the environment's token for GitHub where the stack has none, and only for a stack with a repository", async () => {
    const github = { repository: "packit/deployment" };
    vi.stubEnv("GITHUB_TOKEN", `${MARK}-of-env`);
    expect((await load({ github })).secrets.github.token?.reveal()).toBe(`${MARK}-of-env`);
    const own = { github, secrets: { github: { token: "own" } } };
    expect((await load(own)).secrets.github.token?.reveal()).toBe("own");
    expect((await load({})).secrets.github).toEqual({});
    vi.stubEnv("GITHUB_TOKEN", "");
    expect(await refusal({ github }, {})).toMatch(/packit:secrets\.github\.token\n {4}given {4}nothing/);
  });

  it("have no stand-ins in any other stack", async () => {
    await expect(load({ secrets: undefined })).rejects.toThrow("packit:secrets.tlsCertificate");
  });

  it("are refused without showing what the engine decrypted, and where no secret is encrypted", async () => {
    const written = { namespace: { secure: "v1:x" } };
    const refused = await refusal(
      { namespace: MARK.toLowerCase() },
      { written, encrypted: ["namespace", "secrets"] },
    );
    expect(refused).toMatch(/Pulumi\.stage\.yaml:\d+ {2}packit:namespace\n {4}given {4}an encrypted value/);
    expect(refused).not.toContain(MARK.toLowerCase());
  });

  it("hold days as they are written, whatever time the engine adds", async () => {
    const changes = { secretRecords: { copr: { expires: "2999-12-01 00:00:00 +0000 UTC" } } };
    const settings = await load(changes, { written: { secretRecords: { copr: { expires: "2999-12-01" } } } });
    expect(settings.secretRecords.copr?.expires).toBe("2999-12-01");
  });
});

describe("a configuration that is not the stack's own file", () => {
  const OTHER = "the configuration that the engine read (not Pulumi.stage.yaml)";

  it.each([
    ["another value", { owner: "ada" }, {}],
    ["a value more", {}, { written: { owner: undefined }, given: { owner: "ada" } }],
    ["a value less", {}, { written: { owner: "ada" }, given: { owner: undefined } }],
    ["a secret in plain text", {}, { encrypted: [] }],
    ["an item more", { allowlist: ["a", "b"] }, { written: { allowlist: ["a"] } }],
    ["a map for a list", { allowlist: { 0: "a" } }, { written: { allowlist: ["a"] } }],
  ])("is known by %s, and no secret in it is taken for encrypted", async (_, changes, options) => {
    const own = "owner" in changes ? { written: { owner: "somebody else" } } : options;
    const refused = await refusal(changes, own);
    expect(refused).toContain(`${OTHER}: `);
    expect(refused).toContain(`${OTHER}  packit:secrets.copr\n    given    a value of which nobody can tell`);
    expect(refused).toContain("leave out --config-file");
    expect(refused).not.toMatch(/Pulumi\.stage\.yaml:\d/);
    expect(refused).not.toContain(MARK);
  });

  it("is refused where the stack has no file at all, and secrets are in it", async () => {
    const refused = await refusal({}, { stack: "nowhere" });
    expect(refused).toContain(
      "stack nowhere  packit:secrets.copr\n    given    a value of which nobody can tell",
    );
  });

  it("is taken where each secret is a file, or left out", async () => {
    const secrets = { ...filesOf(configOf("stage").values.secrets), sentryDsn: { leftOut: "none" } };
    const settings = await load({ owner: "ada", secrets }, { written: { owner: "somebody else" } });
    expect(settings.owner).toBe("ada");
  });

  it("may not say what all stacks share", async () => {
    const fedoraCi = { stg: { servedBy: "packit", runByDefault: true } };
    const refused = await refusal({ fedoraCi }, { written: { fedoraCi: undefined } });
    expect(refused).toContain("packit:fedoraCi\n    given    a value of this stack's own");
  });
});

interface Options {
  readonly root?: string;
  readonly stack?: string;
  /** What the stack's file says otherwise than what the engine hands over. */
  readonly written?: Changes;
  /** What the engine hands over otherwise than what is in the file. */
  readonly given?: Changes;
  /** The keys of which the engine says that something in them was encrypted. */
  readonly encrypted?: readonly string[];
}

async function load(changes: Changes, options: Options = {}) {
  const { root = project(), stack = "stage", written = {}, given = {}, encrypted } = options;
  const { values } = configOf("stage", changes);
  const { fedoraCi: _, ...own } = { ...values, secrets: secured(values.secrets) } as Record<string, unknown>;
  const config = prefixed(merge(own, written));
  writeFileSync(join(root, "Pulumi.stage.yaml"), yamlForEngine({ config }));
  const hasSecrets = JSON.stringify(config[`${PREFIX}secrets`] ?? {}).includes('"secure"');
  const keys = encrypted ?? (hasSecrets ? ["secrets"] : []);
  await pulumi.runtime.setMocks(
    { call: () => ({}), newResource: () => ({ id: "", state: {} }) },
    "packit",
    stack,
  );
  const texts = Object.entries(prefixed(merge(values, given))).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts));
  vi.stubEnv("PULUMI_CONFIG_SECRET_KEYS", JSON.stringify(keys.map((key) => PREFIX + key)));
  return settingsFromEngine(root);
}

async function refusal(changes: Changes, options: Options): Promise<string> {
  return load(changes, options).then(
    () => "",
    (error: Error) => error.message,
  );
}

function prefixed(values: unknown): Record<string, unknown> {
  const own = Object.entries(values as object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(own.map(([key, value]) => [PREFIX + key, value]));
}

/** Secrets as Pulumi writes them. */
function secured(secrets: unknown): unknown {
  if (typeof secrets === "string") return { secure: "v1:x" };
  if (typeof secrets !== "object" || secrets === null || "leftOut" in secrets) return secrets;
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, secured(value)]));
}

/** The same secrets, each in a file. */
function filesOf(secrets: unknown): Record<string, unknown> {
  const folder = temporaryFolder();
  const toFile = ([name, value]: [string, unknown]): [string, unknown] => {
    if (typeof value !== "string")
      return [name, Object.fromEntries(Object.entries(value as object).map(toFile))];
    const file = join(folder, name);
    writeFileSync(file, name === "keytab" ? Buffer.from(value, "base64") : value);
    return [name, { file }];
  };
  return Object.fromEntries(Object.entries(secrets as object).map(toFile));
}
