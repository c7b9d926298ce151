import { beforeAll, describe, expect, it } from "vitest";
import { type Issued, issue } from "../../../support/certificates.ts";
import { faultOf, withChangedByte } from "../../../support/forms.ts";

const HOSTS = ["stg.example.com", "workers.stg.example.com"];

let root: Issued;
let middle: Issued;
let leaf: Issued;

beforeAll(async () => {
  root = await issue({ isCa: true });
  middle = await issue({ isCa: true, by: root });
  leaf = await issue({ hosts: HOSTS, by: middle });
});

describe("a certificate chain", () => {
  it("is taken from the hosts' own certificate on, with or without its root", async () => {
    for (const value of [chain(leaf), chain(leaf, middle), chain(leaf, middle, root)])
      expect(said(value)).toBeUndefined();
    expect(said(chain(await issue({ hosts: ["*.example.com", "*.stg.example.com"] })))).toBeUndefined();
  });

  it("covers hosts by its alternative names alone, and by no part of a label", async () => {
    const [host = ""] = HOSTS;
    for (const names of [
      { subject: host },
      { subject: host, hosts: ["x.example.com"] },
      { hosts: ["s*.example.com"] },
    ])
      expect(said(chain(await issue(names))), JSON.stringify(names)).toMatch(`does not cover ${host}`);
  });

  it("is refused in another order, or with one that issued nothing of it", async () => {
    expect(said(chain(middle, leaf))).toBe("a certificate before the one that it issued (numbers 1 and 2)");
    expect(said(chain(root, middle, leaf))).toMatch(/before the one that it issued/);
    expect(said(chain(leaf, root, middle))).toBe(
      "a certificate that did not issue the one before it (number 2)",
    );
    expect(said(chain(leaf, leaf))).toMatch(/did not issue/);
    expect(said(chain(leaf, await issue({ isCa: true })))).toMatch(/did not issue/);
  });

  it("is refused where an issuer is one by its name alone, or was not made to be one", async () => {
    const twin = await issue({ isCa: true });
    const forged = await issue({ hosts: HOSTS, by: { cert: middle.cert, key: twin.key } });
    expect(said(chain(forged, middle))).toMatch(/did not issue/);
    const issuer = await issue({ hosts: HOSTS });
    expect(said(chain(await issue({ hosts: HOSTS, by: issuer }), issuer))).toMatch(/did not issue/);
  });

  it.each([
    ["no host", [], HOSTS],
    ["the API's host alone", ["stg.example.com"], ["workers.stg.example.com"]],
    ["a wildcard of another level", ["stg.example.com", "*.example.com"], ["workers.stg.example.com"]],
    ["a wildcard within a label", ["stg.example.com", "w*.stg.example.com"], ["workers.stg.example.com"]],
    ["another domain", ["stg.example.org", "*.stg.example.org"], HOSTS],
  ])("is refused where it covers %s, and names what it misses", async (_, hosts, missed) => {
    expect(said(chain(await issue({ hosts })))).toBe(
      `a certificate that does not cover ${missed.join(", ")}`,
    );
  });

  it("is refused where it is for clients, where there is more than certificates, and where one is damaged", async () => {
    expect(said(chain(await issue({ hosts: HOSTS, isForClients: true })))).toMatch(/not for servers/);
    expect(said(chain(leaf) + leaf.key)).toBe("a private key, where certificates alone belong");
    expect(said(relabelled("CERTIFICATE REQUEST"))).toMatch(/^a request for a certificate/);
    expect(said(relabelled("TRUSTED CERTIFICATE"))).toBeDefined();
    expect(said(relabelled("PKCS7"))).toBeDefined();
    expect(said(chain(leaf) + middle.cert.replace("-----BEGIN", "----BEGIN"))).toMatch(/damaged/);
    expect(said(chain(leaf) + withChangedByte(middle.cert, 4))).toBeDefined();
    expect(said(chain(leaf) + withChangedByte(middle.cert, -1))).toBeUndefined();
    expect(said(withChangedByte(leaf.cert, -1) + chain(middle))).toMatch(/did not issue/);
    expect(said(chain(leaf, middle).slice(0, -40))).toMatch(/cut off/);
  });
});

function chain(...all: readonly Issued[]): string {
  return all.map(({ cert }) => cert).join("");
}

function relabelled(label: string): string {
  return leaf.cert.replaceAll("CERTIFICATE", label);
}

function said(value: string): string | undefined {
  return faultOf("tlsCertificate", value, { hosts: HOSTS });
}
