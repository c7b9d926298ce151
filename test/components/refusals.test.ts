import { describe, expect, it } from "vitest";
import { OWN_IMAGES } from "../../components/own-images.ts";
import { loadSettings } from "../../settings/load.ts";
import { type Changes, configOf, ROOT } from "../support/stacks.ts";

const EGRESS = { managedPlatform: { egress: true } };
const UNGUARDED = { withFlower: false, nginx: { metricsNeedPassword: true } };
const LEFT_OUT = { leftOut: "a test" };
const TOKEN = { secrets: { forgeTokens: { "github.com": "a-token" } } };

/** What makes stage an instance for Fedora CI. */
const FEDORA_CI = {
  role: "fedora-ci",
  forges: { "src.fedoraproject.org": { instanceUrl: "https://src.fedoraproject.org" } },
  packitConfig: { comment_command_prefix: "/fedora-ci-stg" },
  withSandbox: false,
  repositoryCache: { enabled: false },
};

describe("settings that are wrong together", () => {
  it("are refused in one go with those that are wrong alone, each with a remedy", () => {
    const { message } = errorOf({
      quota: { enabled: true, limits: { memory: "1Gi" } },
      service: { replicas: -1 },
      hosts: { workers: "https://workers" },
      imagePolicy: "sometimes",
      valkey: { storage: "8" },
      secrets: { keytab: undefined },
    });
    expect(blocks(message)).toEqual([
      ["packit:hosts.workers", '"https://workers"', expect.stringContaining("a host name")],
      ["packit:imagePolicy", '"sometimes"', "follow, schedule, pinned"],
      ["packit:valkey.storage", '"8"', "a whole number with the unit Ki, Mi, Gi or Ti"],
      ["packit:service.replicas", "-1", "a whole number from 1 to 1000"],
      ["packit:quota.limits.memory", "1Gi", expect.stringMatching(/^at least \d+(Mi|Gi), what the declared/)],
      ["packit:secrets.keytab", "nothing", expect.stringContaining("keytab")],
    ]);
    expect(message).toContain("6 settings are wrong; nothing was applied");
    expect(message.match(/ {4}remedy {3}\S/g)).toHaveLength(6);
  });

  it.each<[string, Changes, string]>([
    ["an account that no message is about", { identity: { fasUser: "me" } }, "packit:identity.fasUser"],
    [
      "a namespace of no tenant on the Managed Platform, though it is the only one",
      { withSandbox: false, repositoryCache: { enabled: false }, namespace: "elsewhere" },
      "packit:namespace",
    ],
    [
      "a forge whose host does not tell what it is",
      {
        forges: { "git.example.com": { instanceUrl: "https://git.example.com" } },
        secrets: { forgeTokens: { "git.example.com": "a-token" } },
      },
      'packit:forges["git.example.com"].type',
    ],
    [
      "a deployment that Packit does not know",
      { identity: { fasUser: "packit-stg", deploymentName: "fedora-ci" } },
      "packit:identity.deploymentName",
    ],
    [
      "a service that is the user by which PostgreSQL's metrics are read",
      { withPostgresExporter: true, postgres: { user: "postgres_exporter" } },
      "packit:postgres.user",
    ],
    [
      "an API that the dashboard may not call",
      { dashboard: { contexts: [{ name: "Mine", apiUrl: "https://example.com/api" }] } },
      "packit:dashboard.contexts",
    ],
    [
      "an API whose host only ends like packit.dev",
      { dashboard: { contexts: [{ name: "Mine", apiUrl: "https://notpackit.dev/api" }] } },
      "packit:dashboard.contexts",
    ],
    [
      "Fedora CI with no word for its commands",
      { ...FEDORA_CI, packitConfig: { comment_command_prefix: undefined } },
      "packit:packitConfig.comment_command_prefix",
    ],
    [
      "Fedora CI that heeds ordinary commands",
      { ...FEDORA_CI, packitConfig: { comment_command_prefix: "/packit-stg" } },
      "packit:packitConfig.comment_command_prefix",
    ],
    [
      "Fedora CI of stage that heeds prod's commands",
      { ...FEDORA_CI, packitConfig: { comment_command_prefix: "/fedora-ci" } },
      "packit:packitConfig.comment_command_prefix",
    ],
    [
      "Fedora CI with a GitHub App",
      { ...FEDORA_CI, forges: { "github.com": { instanceUrl: "https://github.com", githubApp: true } } },
      'packit:forges["github.com"]',
    ],
    [
      "Fedora CI with Packit's own word for its commands",
      { ...FEDORA_CI, packitConfig: { comment_command_prefix: "/packit-ci-stg" } },
      "packit:packitConfig.comment_command_prefix",
    ],
    [
      "Fedora CI with another forge",
      { ...FEDORA_CI, forges: { "gitlab.example.com": { instanceUrl: "https://gitlab.example.com" } } },
      'packit:forges["gitlab.example.com"]',
    ],
    [
      "a switch to Fedora CI for no project",
      { fedoraCi: { stg: { servedBy: "fedora-ci" } } },
      "packit:fedoraCi.stg.servedBy",
    ],
    ["Fedora CI with a sandbox", { ...FEDORA_CI, withSandbox: true }, "packit:withSandbox"],
    ["a dashboard without a host", { hosts: { dashboard: undefined } }, "packit:hosts.dashboard"],
    ["a proxy without a host", { hosts: { workers: undefined } }, "packit:hosts.workers"],
    ["one host for two", { hosts: { workers: "stg.packit.dev" } }, "packit:hosts.workers"],
    ["a backup without a bucket", { backup: { bucket: undefined } }, "packit:backup.bucket"],
    ["a side-car without Splunk's host", { withFluentdSidecar: true }, "packit:fluentd.splunkHost"],
    ["an upgrade to the same version", { postgres: { secondVersion: 15 } }, "packit:postgres.secondVersion"],
    ["a firewall on another platform", { platform: "openshift", ...EGRESS }, "packit:managedPlatform.egress"],
    ["ImageStreams on Kubernetes", { platform: "kubernetes", imagePolicy: "schedule" }, "packit:imagePolicy"],
    ["re-encryption on Kubernetes", { platform: "kubernetes", tls: "reencrypt" }, "packit:tls"],
    [
      "a quota of too little CPU",
      { quota: { enabled: true, requests: { cpu: "1m" } } },
      "packit:quota.requests.cpu",
    ],
    ["numbers of a quota that is off", { quota: { limits: { memory: "1Gi" } } }, "packit:quota.enabled"],
    ["a cache without a sandbox", { withSandbox: false }, "packit:repositoryCache.enabled"],
    [
      "two cached repositories of one name",
      {
        repositoryCache: {
          repositories: [{ url: "https://a.org/x/kernel" }, { url: "https://b.org/kernel.git" }],
        },
      },
      "packit:repositoryCache.repositories[1].url",
    ],
    [
      "a refresh of caches on Kubernetes",
      { platform: "kubernetes", repositoryCache: { refresh: { enabled: true } } },
      "packit:repositoryCache.refresh.enabled",
    ],
    ["a backup without its keys", { secrets: { awsAccessKeyId: LEFT_OUT } }, "packit:secrets.awsAccessKeyId"],
    ["metrics for a password that nobody has", UNGUARDED, "packit:nginx.metricsNeedPassword"],
    ["a record of no secret", { secretRecords: { nothing: {} } }, "packit:secretRecords.nothing"],
    [
      "a sandbox without a storage class",
      { platform: "openshift", storageClass: undefined },
      "packit:storageClass",
    ],
    [
      "a sandbox without a storage class, be it disposable",
      { platform: "kubernetes", storageClass: undefined, disposable: true },
      "packit:storageClass",
    ],
    [
      "a sandbox whose pods would have no names",
      { images: { sandbox: "quay.io/packit/sandcastle:PR-12" } },
      "packit:images.sandbox",
    ],
    [
      "two classes of one Ingress",
      {
        platform: "kubernetes",
        ingress: { className: "nginx", annotations: { "kubernetes.io/ingress.class": "other" } },
      },
      "packit:ingress.className",
    ],
    [
      "tokman without the GitHub App",
      { withTokman: true, forges: { "github.com": { githubApp: false } }, ...TOKEN },
      "packit:withTokman",
    ],
  ])("%s", (_, changes, path) => {
    expect(blocks(errorOf(changes).message).map(([first]) => first)).toContain(path);
  });

  it.each([
    ["requests", "cpu", "1m"],
    ["requests", "memory", "1Mi"],
    ["requests", "storage", "1Mi"],
    ["limits", "cpu", "1m"],
    ["limits", "memory", "1Mi"],
  ])("as a quota of %s of %s that is less than the declared pods and volumes take", (group, resource, given) => {
    const { message } = errorOf({ quota: { enabled: true, [group]: { [resource]: given } } });
    expect(blocks(message)).toEqual([
      [`packit:quota.${group}.${resource}`, given, expect.stringMatching(/^at least /)],
    ]);
  });

  it.each(Object.keys(OWN_IMAGES))("as a pinned stack whose image %s may become another one", (name) => {
    const pinned = Object.keys(OWN_IMAGES).map((one) => [one, `quay.io/x/y@sha256:${"0".repeat(64)}`]);
    const images = { ...Object.fromEntries(pinned), [name]: "quay.io/x/y:latest" };
    const { message } = errorOf({ imagePolicy: "pinned", withTokman: true, images });
    expect(blocks(message).map(([first]) => first)).toEqual([`packit:images.${name}`]);
  });

  it("are not reported when they follow from another one that is wrong", () => {
    const { message } = errorOf({ platform: "kubernets", tls: "reencrypt", imagePolicy: "schedule" });
    expect(blocks(message).map(([path]) => path)).toEqual(["packit:platform"]);
  });

  it("are refused for each image without a digest, if images are pinned", () => {
    const digest = `quay.io/packit/packit-service@sha256:${"0".repeat(64)}`;
    const { message } = errorOf({ imagePolicy: "pinned", images: { service: digest } });
    const paths = blocks(message).map(([path]) => path);
    expect(paths).toEqual(
      ["worker", "fedmsg", "dashboard", "sandbox"].map((name) => `packit:images.${name}`),
    );
    expect(message).toContain("skopeo inspect");
  });
});

function errorOf(changes: Changes): Error {
  try {
    loadSettings(configOf("stage", changes), { kind: "given", root: ROOT });
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was refused");
}

/** Path, given value and allowed values of every violation of a message. */
function blocks(message: string): [string, string, string][] {
  return [...message.matchAll(/^ {2}stack stage {2}(.*)\n {4}given {4}(.*)\n {4}allowed {2}(.*)$/gm)].map(
    ([, path = "", given = "", allowed = ""]) => [path, given, allowed],
  );
}
