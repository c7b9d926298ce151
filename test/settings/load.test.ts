import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { UserError } from "../../errors.ts";
import { loadSettings } from "../../settings/load.ts";
import { readStackFile, StackFile } from "../../settings/stack-file.ts";
import { PROJECT_FORM } from "../../settings/stack-form.ts";
import { temporaryFolder } from "../support/folder.ts";
import { holdsMark, MARK, marked } from "../support/marks.ts";
import { configOf, ROOT, settingsOf } from "../support/stacks.ts";

const GIVEN = { kind: "given", root: ROOT } as const;

describe("a stack's settings", () => {
  it("are complete, with every default filled in", () => {
    const settings = settingsOf("stage");
    expect(settings.sandboxNamespace).toBe("packit--stg-sandbox");
    expect(settings.workers.longRunning.resources.limits).toEqual({ cpu: "2", memory: "2Gi" });
    expect(settings.withBeat).toBe(true);
  });

  it("keep what a stack file says of one field of a map, and the defaults of the others", () => {
    const settings = settingsOf("stage", { valkey: { resources: { requests: { cpu: "10m" } } } });
    expect(settings.valkey.resources.requests).toEqual({ cpu: "10m", memory: "4Gi" });
  });

  it("cannot be changed", () => {
    const settings = settingsOf("stage");
    expect(() => Object.assign(settings.workers.longRunning, { replicas: 7 })).toThrow(TypeError);
  });

  it("show no secret when they are printed", () => {
    const settings = settingsOf("stage");
    expect(settings.secrets.keytab.reveal()).toBe(marked("keytab"));
    expect(
      holdsMark(inspect(settings, { depth: 9 }) + JSON.stringify(settings) + settings.secrets.copr),
    ).toBe(false);
  });

  it("differ between stage and prod as they must: stage has fewer workers and less PostgreSQL", () => {
    const [stage, prod] = [settingsOf("stage"), settingsOf("prod")];
    expect(stage.workers.longRunning.replicas).toBeLessThan(prod.workers.longRunning.replicas);
    expect(stage.workers.shortRunning.replicas).toBeLessThan(prod.workers.shortRunning.replicas);
    expect([stage.postgres.storage, stage.postgres.resources.limits.memory]).toEqual(["2Gi", "512Mi"]);
    expect([prod.postgres.storage, prod.postgres.resources.limits.memory]).toEqual(["8Gi", "4Gi"]);
  });
});

describe("what all stacks share", () => {
  const shared =
    "name: packit\nconfig:\n  packit:fedoraCi:\n    default:\n      stg: { servedBy: fedora-ci }\n";

  it("stands in the project's file, and is read from there", () => {
    const project = new StackFile("Pulumi.yaml", shared, PROJECT_FORM);
    expect(project.values()).toEqual({ fedoraCi: { stg: { servedBy: "fedora-ci" } } });
    expect(readStackFile(ROOT, "prod").values.fedoraCi).toEqual(
      readStackFile(ROOT, "fedora-ci").values.fedoraCi,
    );
  });

  it("is no stack's own", () => {
    const file = new StackFile("Pulumi.stage.yaml", "config:\n  packit:fedoraCi: {}\n");
    expect(messageOf(shared, file)).toContain(
      "Pulumi.stage.yaml:2  packit:fedoraCi\n    given    a value of this",
    );
  });

  it("is reported with its line in that file", () => {
    const message = messageOf(shared.replace("fedora-ci }", "me }"), new StackFile("Pulumi.stage.yaml", ""));
    expect(message).toContain("Pulumi.yaml:5  packit:fedoraCi.stg.servedBy");
  });

  function messageOf(text: string, file: StackFile): string {
    const project = new StackFile("Pulumi.yaml", text, PROJECT_FORM);
    const { stack, values } = configOf("stage");
    const config = { stack, values: { ...values, ...project.values() }, file, project };
    return errorOf(() => loadSettings(config, GIVEN)).message;
  }
});

describe("a wrong stack file", () => {
  const file = `config:
  packit:deployment: stage
  packit:namespace: Packit
  pakit:kubeContext: here
  packit:hosts:
    service: https://stg.packit.dev
  packit:identity: {}
  packit:workers:
    longRuning: { replicas: 2 }
    shortRunning: { replicas: -1 }
  packit:postgres:
    storage: 2GB
    resources: { requests: { memory: 1Gi } }
  packit:packitConfig: { webhook_secret: ${MARK} }
  packit:secrets:
    copr: ${MARK}
    keytb: ${MARK}
`;

  it("yields every violation at once, each with path, line, value, what is allowed, and a remedy", () => {
    const { message } = errorOf(file);
    expect(violations(message)).toEqual([
      ["Pulumi.bad.yaml:1", "packit:kubeContext", "nothing"],
      ["Pulumi.bad.yaml:1", "packit:storageClass", "nothing"],
      ["Pulumi.bad.yaml:2", "packit:deployment", '"stage"'],
      ["Pulumi.bad.yaml:3", "packit:namespace", '"Packit"'],
      ["Pulumi.bad.yaml:4", "pakit:kubeContext", "an unknown prefix"],
      ["Pulumi.bad.yaml:5", "packit:hosts.dashboard", "nothing"],
      ["Pulumi.bad.yaml:5", "packit:hosts.workers", "nothing"],
      ["Pulumi.bad.yaml:6", "packit:hosts.service", '"https://stg.packit.dev"'],
      ["Pulumi.bad.yaml:7", "packit:identity.fasUser", "nothing"],
      ["Pulumi.bad.yaml:9", "packit:workers.longRuning", "an unknown key"],
      ["Pulumi.bad.yaml:10", "packit:workers.shortRunning.replicas", "-1"],
      ["Pulumi.bad.yaml:12", "packit:postgres.storage", '"2GB"'],
      ["Pulumi.bad.yaml:13", "packit:postgres.resources.requests.memory", '"1Gi"'],
      ["Pulumi.bad.yaml:14", "packit:packitConfig.webhook_secret", "an unknown key"],
      ...missingSecrets("Pulumi.bad.yaml:15", ["copr"]),
      ["Pulumi.bad.yaml:16", "packit:secrets.copr", "a value in plain text"],
      ["Pulumi.bad.yaml:17", "packit:secrets.keytb", "an unknown key"],
    ]);
    expect(message).toContain("nothing was applied");
  });

  it.each([
    ["packit:deployment", "did you mean stg?"],
    ["pakit:kubeContext", "did you mean packit:kubeContext?"],
    ["packit:workers.longRuning", "did you mean longRunning?"],
    ["packit:secrets.keytb", "did you mean keytab?"],
    ["packit:secrets.copr", "pulumi config set --secret --path 'packit:secrets.copr'"],
    ["packit:kubeContext", "add it: pulumi config set --path 'packit:kubeContext' packit-stage"],
  ])("names the remedy of %s", (path, remedy) => {
    const block = errorOf(file)
      .message.split("\n\n")
      .find((text) => text.split("\n")[0]?.endsWith(`  ${path}`));
    expect(block).toContain(`remedy   ${remedy}`);
  });

  it("never has the value of a secret in its message, wherever the secret stands", () => {
    expect(holdsMark(errorOf(file).message)).toBe(false);
  });

  it("is refused when it is no YAML, with the line and without the text", () => {
    const { message } = errorOf(`config:\n  packit:secrets: "${MARK}\n  a: b: c\n`);
    expect(message).toContain("Pulumi.bad.yaml:");
    expect(message).not.toContain(MARK);
  });

  it("is refused when a value is an alias, as a secret that starts with * and is not quoted", () => {
    for (const copr of [`*${MARK}`, `&${MARK} x\n    keytab: *${MARK}`]) {
      const { message } = errorOf(`config:\n  packit:secrets:\n    copr: ${copr}\n`);
      expect(message).toMatch(/^Pulumi\.bad\.yaml:[34] {2}has a YAML alias/);
      expect(message).not.toContain(MARK);
    }
  });

  it("never shows what is encrypted, or what stands where a map or a list belongs", () => {
    const values = { kubeContext: { token: MARK }, forges: { "gitlab.com": MARK }, namespace: MARK };
    const error = errorOf(() => loadSettings({ stack: "bad", values, encryptedKeys: ["namespace"] }, GIVEN));
    expect(error.message).not.toContain(MARK);
    expect(error.message).toContain("an encrypted value");
  });

  it.each([
    [
      "the sandbox in the service's namespace",
      { sandboxNamespace: "packit--stg" },
      "packit:sandboxNamespace",
    ],
    [
      "a namespace that leaves no room for the sandbox's",
      { platform: "openshift", namespace: "n".repeat(60) },
      "packit:namespace",
    ],
    ["a sandbox outside the tenant's namespaces", { sandboxNamespace: "sandbox" }, "packit:sandboxNamespace"],
    [
      "more memory for Valkey's data than it may use",
      { valkey: { maxMemory: "3600Mi" } },
      "packit:valkey.maxMemory",
    ],
    [
      "a request above its limit",
      { beat: { resources: { requests: { cpu: "1" } } } },
      "packit:beat.resources.requests.cpu",
    ],
    [
      "a toleration of any value with a value",
      { defaultTolerations: [{ key: "a", operator: "Exists", value: "b" }] },
      "packit:defaultTolerations",
    ],
    [
      "a label key with an empty part",
      { beat: { nodeSelector: { "a..b/c": "x" } } },
      "packit:beat.nodeSelector",
    ],
    ["an address with credentials", { distGit: { url: "https://u:p@x/" } }, "packit:distGit.url"],
    [
      "half of a pair of secrets",
      { secrets: { awsAccessKeyId: { leftOut: "none" } } },
      "packit:secrets.awsAccessKeyId",
    ],
  ])("is refused for %s", (_, changes, path) => {
    expect(errorOf(() => settingsOf("stage", changes)).message).toContain(`  ${path}`);
  });

  it("is refused when no object can be labelled with its name", () => {
    const { values } = configOf("stage");
    expect(() => loadSettings({ stack: "feature_", values }, GIVEN)).toThrow(
      /^The stack's name is "feature_"/,
    );
  });

  it("never shows the password of an address", () => {
    for (const url of [
      `https://u:${MARK}@x/`,
      `https://${MARK}@x/`,
      `https://${"u".repeat(90)}:${MARK} "@x/`,
    ]) {
      const { message } = errorOf(() => settingsOf("stage", { distGit: { url }, kubeContext: `${url} ` }));
      expect(message).toContain("an address with a user or password in it");
      expect(message).not.toContain(MARK);
    }
  });

  it("names the whole path of what a missing map must hold", () => {
    const { message } = errorOf("config: {}\n");
    expect(message).toContain("pulumi config set --path 'packit:hosts.service' stg.packit.dev");
    expect(message).toContain("pulumi config set --path 'packit:identity.fasUser' packit-stg");
  });

  it("is refused when Valkey's volume cannot hold a snapshot beside the former one", () => {
    expect(() => settingsOf("stage", { valkey: { storage: "4Gi" } })).toThrow(/packit:valkey\.storage/);
  });
});

describe("secrets", () => {
  it("that are missing are all listed, with how to set them", () => {
    const { message } = errorOf(() => loadSettings(configOf("stage", { secrets: undefined }), GIVEN));
    for (const [, path] of missingSecrets("")) expect(message).toContain(`  ${path}\n`);
    expect(message).toContain(
      "pulumi config set --secret --path 'packit:secrets.forgeTokens[\"gitlab.com\"]'",
    );
  });

  it("that are not needed are not asked for", () => {
    const forges = { "github.com": { enabled: false }, "gitlab.com": { enabled: false } };
    const values = { ...configOf("stage").values, forges, secrets: {} };
    const { message } = errorOf(() => loadSettings({ stack: "stage", values }, GIVEN));
    expect(message).not.toContain("githubApp");
    expect(message).not.toContain("gitlab.com");
  });

  it("may be left out, with a reason, where the instance runs without them", () => {
    const settings = settingsOf("stage", { secrets: { sentryDsn: { leftOut: "no Sentry here" } } });
    expect(settings.secrets.sentryDsn).toBeUndefined();
    expect(() => settingsOf("stage", { secrets: { keytab: { leftOut: "none" } } })).toThrow(
      /cannot be left out/,
    );
  });

  it("come from files, a keytab as base64", () => {
    const file = join(temporaryFolder(), "fedora.keytab");
    writeFileSync(file, Buffer.from(marked("keytab"), "base64"));
    expect(settingsOf("stage", { secrets: { keytab: { file } } }).secrets.keytab.reveal()).toBe(
      marked("keytab"),
    );
  });

  it("whose file cannot be read or whose form is wrong are refused, without a word of their contents", () => {
    const secrets = { keytab: { file: `/${MARK}` }, tlsPrivateKey: MARK };
    const { message } = errorOf(() => settingsOf("stage", { secrets }));
    expect(message).toContain("a file that cannot be read (ENOENT)");
    expect(message).toContain("PEM, from -----BEGIN");
    expect(message).not.toContain(MARK);
  });

  it("come as their readers want them: files end with one newline, lines with none", () => {
    const sshPrivateKey = marked("sshPrivateKey").trimEnd();
    const { secrets } = settingsOf("stage", { secrets: { sshPrivateKey, testingFarmSecret: "token\n" } });
    expect(secrets.sshPrivateKey.reveal()).toBe(`${sshPrivateKey}\n`);
    expect(secrets.testingFarmSecret.reveal()).toBe("token");
  });

  it.each([
    ["hello"],
    [[1]],
    [{ copr: { value: "x" } }],
    [{ githubAppId: 12345 }],
    [{ forgeTokens: "abc" }],
  ])("that are no secrets are refused also where no secret is read: %j", (secrets) => {
    const values = { ...configOf("stage").values, secrets };
    expect(() => loadSettings({ stack: "stage", values }, { kind: "redacted" })).toThrow("something else");
  });

  it("are stand-ins in a disposable stack only where they are not given", () => {
    const values = { ...configOf("stage").values, secrets: { testingFarmSecret: "given" } };
    const standIn = (name: string) => `stand-in for ${name}`;
    const { secrets } = loadSettings({ stack: "stage", values }, { ...GIVEN, standIn });
    expect(secrets.testingFarmSecret.reveal()).toBe("given");
    expect(secrets.keytab.reveal()).toBe("stand-in for keytab");
    expect(secrets.postgresPassword).toBeUndefined();
  });
});

function errorOf(cause: string | (() => unknown)): Error {
  try {
    typeof cause === "string" ? load(new StackFile("Pulumi.bad.yaml", cause)) : cause();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

function load(file: StackFile) {
  return loadSettings({ stack: "bad", values: file.values(), file }, GIVEN);
}

/** Place, path and value of each violation in a message. */
function violations(message: string): string[][] {
  return message
    .split("\n\n")
    .slice(1)
    .map((block) => {
      const [head = "", given = ""] = block.split("\n");
      return [...head.trim().split("  "), given.replace("    given    ", "")];
    });
}

function missingSecrets(place: string, present: readonly string[] = []): string[][] {
  const names = [
    "tlsCertificate",
    "tlsPrivateKey",
    "keytab",
    "sshPrivateKey",
    "copr",
    "testingFarmSecret",
    "githubAppId",
  ];
  const more = ["githubAppPrivateKey", "fasPassword", "internalTestingFarmSecret", "redhatApiRefreshToken"];
  const rest = ["logdetectiveToken", "sentryDsn", "awsAccessKeyId", "awsSecretAccessKey"];
  const tokens = ['forgeTokens["gitlab.com"]', 'forgeTokens["src.fedoraproject.org"]'];
  const wanted = [...names, ...more, ...rest, ...tokens].filter((name) => !present.includes(name));
  return wanted.map((name) => [place, `packit:secrets.${name}`, "nothing"]);
}
