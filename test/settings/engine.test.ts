import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { settingsFromEngine } from "../../settings/engine.ts";
import { PREFIX } from "../../settings/stack-file.ts";
import { project } from "../support/cli.ts";
import { MARK, marked } from "../support/marks.ts";
import { type Changes, configOf } from "../support/stacks.ts";

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
    const folder = project();
    const [one, two] = [
      await load({ disposable: true, secrets: undefined }, folder),
      await load({ disposable: true, secrets: undefined }, folder),
    ];
    expect(one.secrets.tlsCertificate?.reveal()).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(one.secrets.sshPrivateKey.reveal()).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----/);
    expect(two.secrets.tlsCertificate?.reveal()).toBe(one.secrets.tlsCertificate?.reveal());
  });

  it("have no stand-ins in any other stack", async () => {
    await expect(load({ secrets: undefined })).rejects.toThrow("packit:secrets.tlsCertificate");
  });

  it("are refused without showing what the engine decrypted", async () => {
    vi.stubEnv("PULUMI_CONFIG_SECRET_KEYS", JSON.stringify([`${PREFIX}namespace`]));
    const refused = await load({ namespace: `${MARK} x` }).catch((error: Error) => error.message);
    expect(refused).toContain("an encrypted value");
    expect(refused).not.toContain(MARK);
  });
});

async function load(changes: Changes, root = project()) {
  const values = Object.entries(configOf("stage", changes).values).filter(([, value]) => value !== undefined);
  const config = values.map(([key, value]) => [
    PREFIX + key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  await pulumi.runtime.setMocks(
    { call: () => ({}), newResource: () => ({ id: "", state: {} }) },
    "packit",
    "stage",
  );
  pulumi.runtime.setAllConfig(Object.fromEntries(config));
  return settingsFromEngine(root);
}
