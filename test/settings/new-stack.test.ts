import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadSettings } from "../../settings/load.ts";
import { newStackText } from "../../settings/new-stack.ts";
import { readProject, StackFile } from "../../settings/stack-file.ts";
import { knownStacks } from "../../settings/stacks.ts";
import { MARK } from "../support/marks.ts";
import { ROOT, settingsOf } from "../support/stacks.ts";

const ADA = { stack: "ada", kubeContext: "test", namespace: "packit--ada", domain: "apps.example.com" };

describe("the file of a stack of one's own", () => {
  it.each(
    knownStacks(ROOT),
  )("is right when it is like %s, and shares no context, namespace or host with it", (stack) => {
    const text = newStackText(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8"), ADA);
    const file = new StackFile("Pulumi.ada.yaml", text);
    const project = readProject(ROOT);
    const config = { stack: "ada", values: { ...project.values(), ...file.values() }, file, project };
    const settings = loadSettings(config, { kind: "redacted" });
    const like = settingsOf(stack);
    expect(settings.kubeContext).toBe("test");
    expect([settings.namespace, settings.sandboxNamespace]).toEqual(["packit--ada", "packit--ada-sandbox"]);
    expect(settings.packitConfig).toEqual(like.packitConfig);
    const theirs = Object.values(like.hosts);
    for (const host of Object.values(settings.hosts).filter((one) => one !== undefined)) {
      expect(theirs).not.toContain(host);
      expect(host).toMatch(/^ada(-[a-z]+)?\.apps\.example\.com$/);
    }
  });

  it("has no encrypted value, and no salt, of the other one; what is a file or left out stays", () => {
    const text = `encryptionsalt: v1:${MARK}
secretsprovider: awskms://alias/packit
encryptedkey: ${MARK}
config:
  packit:namespace: a
  packit:sandboxNamespace: a-sandbox
  packit:imageBuilds: { namespace: a-builds, account: robot }
  packit:secrets:
    keytab: { secure: v1:${MARK} }
    copr: { file: copr }
    sentryDsn: { leftOut: none }
    forgeTokens: { gitlab.com: { secure: v1:${MARK} }, src.fedoraproject.org: { file: token } }
`;
    const made = newStackText(text, ADA);
    expect(made).not.toContain(MARK);
    expect(parse(made)).toEqual({
      config: {
        "packit:namespace": "packit--ada",
        "packit:kubeContext": "test",
        "packit:hosts": { service: "ada.apps.example.com" },
        "packit:tls": "reencrypt",
        "packit:secrets": {
          copr: { file: "copr" },
          sentryDsn: { leftOut: "none" },
          forgeTokens: { "src.fedoraproject.org": { file: "token" } },
        },
      },
    });
  });

  it("keeps the stack's own certificate where no router shows another one", () => {
    const made = newStackText("config:\n  packit:platform: kubernetes\n  packit:namespace: a\n", ADA);
    expect(parse(made).config).not.toHaveProperty("packit:tls");
  });
});
