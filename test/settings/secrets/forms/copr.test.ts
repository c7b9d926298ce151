import { describe, expect, it } from "vitest";
import { coprEnd } from "../../../../schema/secrets/forms/copr.ts";
import { faultOf } from "../../../support/forms.ts";

/** As Copr's page of the API shows it. */
const FILE = `[copr-cli]
login = abcdefghij
username = packit
token = klmnopqrst
copr_url = https://copr.fedorainfracloud.org
# expiration date: 2026-05-01
`;

describe("Copr's file", () => {
  it.each([
    ["as the page shows it", FILE],
    [
      "with comments, blank lines and other sections",
      `# mine\n\n${FILE}; more\nencrypted = False\n[other]\nlogin: x\n`,
    ],
    ["with colons, other case and no spaces", FILE.replaceAll(" = ", ":").replace("login", "LOGIN")],
  ])("is taken %s", (_, value) => {
    expect(faultOf("copr", value)).toBeUndefined();
  });

  it.each([
    ["of another program", "[copr]\nlogin = x\n", /no section/],
    ["without a section", FILE.replace("[copr-cli]\n", ""), /another form/],
    ["without a login", FILE.replace(/login.*\n/, ""), /no login/],
    ["with an empty token", FILE.replace(/token.*/, "token ="), /no token/],
    ["without the address", FILE.replace(/copr_url.*\n/, ""), /no copr_url/],
    ["with an address of no web server", FILE.replace("https://", ""), /copr_url/],
    ["with an address that holds a password", FILE.replace("https://", "https://u:p@"), /copr_url/],
    ["with its values in another section", FILE.replace("login", "[other]\nlogin"), /no login/],
    ["with a name twice", `${FILE}token = other\n`, /twice/],
    ["with a section twice", FILE + FILE, /twice/],
    ["with a value on two lines", FILE.replace("klmno", "klmno\n  "), /another form/],
    ["with a per cent sign, which starts a reference", FILE.replace("klm", "k%m"), /token/],
    ["with a token of two words", FILE.replace("klm", "k m"), /token/],
    ["with a word that is no setting", FILE.replace("token =", "token"), /another form/],
  ])("is refused %s", (_, value, fault) => {
    expect(faultOf("copr", value)).toMatch(fault);
  });

  it("says in a comment how long it is valid", () => {
    expect(coprEnd(FILE)).toBe("2026-05-01");
    expect(coprEnd(FILE.replaceAll("#", "  ;"))).toBe("2026-05-01");
    expect(coprEnd(`${FILE}# expiration date: 2026-04-01\n`)).toBe("2026-04-01");
    expect(coprEnd(FILE.replace("2026-05-01", "None"))).toBeUndefined();
    expect(coprEnd(FILE.replace("2026-05-01", "2026-13-01"))).toBeUndefined();
  });
});
