import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { packitConfig } from "../../../components/configuration/packit-config.ts";
import {
  type PackitServiceYaml,
  packitServiceYaml,
} from "../../../components/configuration/packit-service-yaml.ts";

const BASE: PackitServiceYaml = {
  deployment: "stg",
  serverName: "stg.packit.dev",
  fasUser: "packit-stg",
  config: packitConfig.parse({}),
  forges: { "gitlab.com": { instanceUrl: "https://gitlab.com", token: "t" } },
  secrets: { webhook_secret: "w" },
  sandbox: { namespace: "packit--stg-sandbox", image: "quay.io/packit/sandcastle:stg" },
  repositoryCache: true,
};

/** What run_httpd.sh greps, in JavaScript's words. */
const SERVER_NAME = /^server_name: ([^:]+)(:([0-9]+))?$/m;

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/);
const host = fc.tuple(
  fc.array(label, { minLength: 1, maxLength: 3 }),
  fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/),
);

/** Packit's reader is Python's, which knows YAML 1.1: `yes` is a truth, `1:30` a number. */
function read(args: Partial<PackitServiceYaml> = {}): Record<string, unknown> {
  return parse(packitServiceYaml({ ...BASE, ...args }), { version: "1.1", schema: "yaml-1.1" });
}

describe("packit-service.yaml", () => {
  it("names the server in a plain line of its own, as run_httpd.sh greps it", () => {
    fc.assert(
      fc.property(host, fc.option(fc.integer({ min: 1, max: 65535 })), ([labels, last], port) => {
        const name = [...labels, last].join(".");
        const text = packitServiceYaml({ ...BASE, serverName: port === null ? name : `${name}:${port}` });
        const [, found, , foundPort] = SERVER_NAME.exec(text) ?? [];
        expect([found, foundPort]).toEqual([name, port === null ? undefined : String(port)]);
      }),
    );
  });

  it("gives back every text as it was, to a reader of YAML 1.1", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("yes", "NO", "1:30", "0o7", "0x1", "~", "null", "2026-01-01", "1e3", "=", "<<"),
    );
    fc.assert(
      fc.property(
        text.filter((value) => value !== ""),
        (value) => {
          expect(read({ secrets: { webhook_secret: value } }).webhook_secret).toBe(value);
        },
      ),
    );
  });

  it("has no null, as Packit refuses one", () => {
    const sandbox = { namespace: "n", image: "i", storageClass: undefined, appCode: undefined };
    const config = read({ dashboardUrl: undefined, secrets: { webhook_secret: undefined }, sandbox });
    expect(Object.values(config)).not.toContain(null);
    expect(config).not.toHaveProperty("webhook_secret");
    expect(config).not.toHaveProperty("appcode");
  });

  it("speaks of the repository cache only to pods that have one", () => {
    const cache = [
      "repository_cache",
      "add_repositories_to_repository_cache",
      "command_handler_pvc_volume_specs",
    ];
    expect(Object.keys(read())).toEqual(expect.arrayContaining(cache));
    for (const key of cache) expect(read({ repositoryCache: false })).not.toHaveProperty(key);
  });

  it("leads the sandbox's volume to the name that each worker computes", () => {
    const spec = {
      path: "/repository-cache",
      pvc_from_env: "SANDCASTLE_REPOSITORY_CACHE_VOLUME",
      read_only: true,
    };
    expect(read().command_handler_pvc_volume_specs).toEqual([spec]);
  });

  it("gives a forge of the GitHub App its token too, where it has one", () => {
    const forges = { "github.com": { instanceUrl: "https://github.com", githubAppId: "17", token: "t" } };
    expect(read({ forges }).authentication).toMatchObject({
      "github.com": { token: "t", github_app_id: "17" },
    });
  });

  it("gives a forge of the GitHub App the key's path, where the workers mount it", () => {
    const forges = { "github.com": { instanceUrl: "https://github.com", githubAppId: "17" } };
    expect(read({ forges }).authentication).toEqual({
      "github.com": {
        instance_url: "https://github.com",
        github_app_id: "17",
        github_app_private_key_path: "/gh-secrets/private-key.pem",
      },
    });
  });
});
