import { describe, expect, it } from "vitest";
import { fits } from "../../settings/forms/certificate.ts";
import { CATALOGUE, SECRET_NAMES } from "../../settings/secret-catalogue.ts";
import { inForm } from "../../settings/secret-form.ts";
import { standIns } from "../../settings/stand-ins.ts";
import { temporaryFolder } from "../support/folder.ts";
import { configOf } from "../support/stacks.ts";

describe("a stand-in", () => {
  it("has the form of each secret that a disposable stack cannot do without, for its hosts and account", async () => {
    const standIn = await standIns(temporaryFolder(), configOf("stage"));
    const around = {
      hosts: ["stg.packit.dev", "workers.stg.packit.dev"],
      principal: "packit-stg@FEDORAPROJECT.ORG",
    };
    const needed = SECRET_NAMES.filter((name) => !["optional", "generated"].includes(CATALOGUE[name].needed));
    for (const name of needed)
      expect(inForm(standIn(name), CATALOGUE[name].form, around), name).toHaveProperty("value");
    expect(inForm(standIn("forgeToken"), "token")).toHaveProperty("value");
    expect(fits(standIn("tlsCertificate"), standIn("tlsPrivateKey"))).toBe(true);
  });

  it("is the same until the hosts or the account are others", async () => {
    const folder = temporaryFolder();
    const of = async (changes: object) => {
      const standIn = await standIns(folder, configOf("stage", { ...changes }));
      return [standIn("tlsCertificate"), standIn("keytab"), standIn("sshPrivateKey")];
    };
    const [certificate, keytab, ssh] = await of({});
    expect(await of({})).toEqual([certificate, keytab, ssh]);
    expect(await of({ identity: { fasUser: "packit" } })).toEqual([
      certificate,
      expect.not.stringMatching(`^${keytab}$`),
      ssh,
    ]);
    expect((await of({ hosts: { service: "x.example.com" } }))[0]).not.toBe(certificate);
  });
});
