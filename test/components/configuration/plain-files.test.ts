import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { centpkgSigConf } from "../../../components/configuration/centpkg-sig-conf.ts";
import { oshClientConf } from "../../../components/configuration/osh-client-conf.ts";
import { sshConfig } from "../../../components/configuration/ssh-config.ts";
import { postgresConf } from "../../../components/postgres/postgres-conf.ts";
import { valkeyConf } from "../../../components/valkey/valkey-conf.ts";

describe("ssh_config", () => {
  it("reaches dist-git as the Fedora account, GitLab as git, with the one key", () => {
    const hosts = sshConfig({ fasUser: "packit-stg" })
      .split(/^Host /m)
      .slice(1)
      .map(directives);
    expect(hosts).toEqual([
      ["pkgs.fedoraproject.org", "User packit-stg", "Hostname pkgs.fedoraproject.org", ...KEY],
      ["gitlab.com", "User git", "Hostname gitlab.com", ...KEY],
    ]);
  });
});

describe("centpkg-sig.conf", () => {
  it("holds the token in the section of dist-git", () => {
    const [, section] = centpkgSigConf({ gitlabToken: "glpat-1" }).split("[centpkg-sig.distgit]");
    expect(section).toContain("\ntoken = glpat-1\n");
  });
});

describe("valkey.conf", () => {
  it("gives the memory in bytes, whatever its unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), (size) => {
        expect(valkeyConf({ maxMemory: `${size}Mi` })).toContain(`\nmaxmemory ${size * 2 ** 20}\n`);
        expect(valkeyConf({ maxMemory: `${size}Gi` })).toContain(`\nmaxmemory ${size * 2 ** 30}\n`);
      }),
    );
  });

  it("evicts only keys with a TTL: queued tasks have none", () => {
    expect(valkeyConf({ maxMemory: "1Gi" })).toContain("maxmemory-policy volatile-lru");
  });
});

describe("the files without settings", () => {
  it("say what they always say", () => {
    expect(oshClientConf()).toBe("[General]\ndefaultmockconfig =\n");
    expect(postgresConf().trim().split("\n")).toHaveLength(4);
  });
});

const KEY = ["IdentitiesOnly yes", "IdentityFile /home/packit/.ssh/id_ed25519"];

function directives(block: string): string[] {
  return block
    .trim()
    .split("\n")
    .map((line) => line.trim());
}
