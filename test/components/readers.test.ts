import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { markedSecrets } from "../support/marks.ts";
import { allTemplates, type Changes, find, objectsOf } from "../support/stacks.ts";

const KEYS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

describe("the keys of S3", () => {
  it.each<[string, Changes, boolean, boolean]>([
    ["Packit's own bucket", {}, true, true],
    ["another bucket", { backup: { bucket: "mine" } }, false, true],
    ["the bucket of another deployment", { backup: { bucket: "arr-packit-prod" } }, false, true],
    ["S3 elsewhere", { backup: { endpoint: "https://s3.example.com" } }, false, true],
    ["no backup, but the bucket", { withBackup: false }, true, false],
    ["no backup", { withBackup: false, backup: { bucket: undefined } }, false, false],
  ])("with %s are the workers', whose own dump must land there, or the backup's alone", async (_, changes, workers, backup) => {
    const objects = await objectsOf("stage", changes);
    const having = [...allTemplates(objects)].filter(([, { spec }]) => {
      const names = (spec.containers[0].env ?? []).map(({ name }: { name: string }) => name);
      return KEYS.every((key) => names.includes(key));
    });
    expect(having.map(([name]) => name).sort()).toEqual([
      ...(backup ? ["packit-backup", "packit-restore"] : []),
      ...(workers ? ["packit-worker-long-running", "packit-worker-short-running"] : []),
    ]);
    const secrets = objects.filter(({ kind, metadata }) => kind === "Secret" && metadata.name === "aws");
    expect(secrets).toHaveLength(workers || backup ? 1 : 0);
  });
});

describe("a keytab", () => {
  it("reaches its readers as the bytes that were given as base64", async () => {
    const { data } = find(await objectsOf("stage"), "Secret", "packit-secrets");
    expect(data["fedora.keytab"]).toBe(markedSecrets().keytab);
  });
});

describe("an address", () => {
  it.each(["", "/", "//"])("that ends with %j reaches its readers as they append to it", async (end) => {
    const at = (host: string) => `https://${host}.example.com${end}`;
    const objects = await objectsOf("stage", {
      distGit: { url: at("dist-git") },
      forges: {
        "github.com": { instanceUrl: "https://github.com", githubApp: true },
        "gitlab.com": { instanceUrl: at("gitlab") },
        "src.fedoraproject.org": { instanceUrl: at("src") },
      },
      packitConfig: {
        testing_farm_api_url: at("tf"),
        koji_logs_url: at("logs"),
        koji_web_url: at("koji"),
        logdetective_url: at("ld"),
      },
    });
    const { env } = find(objects, "StatefulSet", "packit-worker-long-running").spec.template.spec
      .containers[0];
    expect(env).toContainEqual({ name: "DISTGIT_URL", value: "https://dist-git.example.com/" });
    const { data } = find(objects, "Secret", "packit-config");
    expect(parse(Buffer.from(data["packit-service.yaml"], "base64").toString())).toMatchObject({
      testing_farm_api_url: "https://tf.example.com/",
      koji_logs_url: "https://logs.example.com",
      koji_web_url: "https://koji.example.com",
      logdetective_url: "https://ld.example.com",
      authentication: { "gitlab.com": { instance_url: "https://gitlab.example.com" } },
    });
  });
});
