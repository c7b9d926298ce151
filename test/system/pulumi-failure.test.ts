import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain } from "../../errors.ts";
import { pulumiFailure } from "../../system/pulumi-failure.ts";
import { temporaryFolder } from "../support/folder.ts";

function failed(
  output: string,
  secrets: readonly string[] = [],
  log = join(temporaryFolder(), "logs/up.log"),
) {
  return { said: explain(pulumiFailure({ what: "`pulumi up`", output, log, secrets })), log };
}

const PROGRAM = `
\u001b[35mUpdating (stage):\u001b[0m
 +  kubernetes:core/v1:Secret one creating (0s)
@ updating....
 +  kubernetes:apps/v1:Deployment two creating (0s) error: resource two was not made
Diagnostics:
  \u001b[1mkubernetes:apps/v1:Deployment (two):\u001b[0m
    error: resource two was not made: the server says
      * no, and
      * again no

  pulumi:pulumi:Stack (packit-stage):
    error: update failed

Resources:
    + 1 created
`;

describe("a failure of Pulumi's CLI", () => {
  it("is told by its errors and the place of all that it said", () => {
    const { said, log } = failed(PROGRAM);
    expect(said.split("\n")).toEqual([
      "`pulumi up` failed:",
      "  kubernetes:apps/v1:Deployment (two):",
      "  error: resource two was not made: the server says",
      "  * no, and",
      "  * again no",
      "  pulumi:pulumi:Stack (packit-stage):",
      "  error: update failed",
      `All that it said is in ${log}`,
    ]);
    expect(readFileSync(log, "utf8")).toContain("+ 1 created");
  });

  it.each([
    [
      "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
      "Log in first: `pulumi login`",
    ],
    [
      "error: getting secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE",
      "Give the stack's passphrase",
    ],
    ["error: decrypting: incorrect passphrase", "Give the stack's passphrase"],
    ["error: the stack is currently locked by 1 lock(s)", "Wait for the other run"],
  ])("says what to do: %s", (output, remedy) => {
    expect(failed(output).said).toContain(remedy);
  });

  it("is its last lines where there is no error among them, and few of many", () => {
    const many = Array.from({ length: 100 }, (_, i) => `line ${i}`).join("\n");
    expect(failed(many).said.split("\n")).toHaveLength(10);
    expect(failed(many.replaceAll("line", "error:")).said).toContain("… and 92 lines more");
    expect(failed("").said).toMatch(/^`pulumi up` failed:\nAll that/);
  });

  it("neither shows nor keeps a secret, in whatever output; its log is its user's alone", () => {
    const secret = fc
      .string({ minLength: 6, unit: "grapheme-ascii" })
      .filter((text) => text.trim().length >= 6);
    const log = join(temporaryFolder(), "up.log");
    writeFileSync(log, "older", { mode: 0o644 });
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), fc.string(), (secrets, text) => {
        const output = secrets.map((one) => `error: ${text}${one} refused\n  with "${one}"`).join("\n");
        const { said } = failed(output, [secrets.join("\n")], log);
        for (const one of secrets) {
          for (const shown of [said.replace(log, ""), readFileSync(log, "utf8")])
            expect(shown.replaceAll("[secret]", "")).not.toContain(one.trim());
        }
      }),
    );
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });
});
