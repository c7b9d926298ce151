import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EnvironmentError } from "../../errors.ts";
import { pulumiPreview } from "../../system/pulumi-preview.ts";
import { temporaryFolder } from "../support/folder.ts";

const ERROR = { severity: "error", message: "no such host" };
const WARNING = { severity: "warning", message: "old" };

describe("pulumi preview", () => {
  it.each<[string, number, object | string, string]>([
    [
      "its errors",
      255,
      { steps: [{ op: "plan" }], diagnostics: [WARNING, ERROR] },
      "on stderr\nno such host",
    ],
    ["nothing more where it tells of none", 255, { steps: [{ op: "plan" }] }, "on stderr\n"],
    ["all that it said where that is no JSON", 255, "error: locked", "on stderr\nerror: locked"],
    // It would be a plan of a part.
    [
      "its errors though it claims success",
      0,
      { steps: [], diagnostics: [ERROR] },
      "on stderr\nno such host",
    ],
  ])("that fails tells %s, and never what it planned", async (_, exitCode, said, message) => {
    const error = await preview(exitCode, said).catch((thrown: unknown) => thrown);
    expect(error).toEqual(new Error(message));
  });

  it("that succeeds is told as it is, warnings too", async () => {
    const said = { steps: [], diagnostics: [WARNING] };
    expect(JSON.parse(await preview(0, said))).toEqual(said);
    expect(await preview(0, "words")).toBe("words");
  });

  it("that cannot be started is the environment's error", async () => {
    const { signal } = new AbortController();
    const asked = pulumiPreview({ program: "/nowhere/pulumi", cwd: "/", stack: "stage", signal });
    await expect(asked).rejects.toThrow(new EnvironmentError("There is no `/nowhere/pulumi` on PATH."));
  });
});

/** What a CLI's preview comes to that ends so and says this. */
function preview(exitCode: number, said: object | string): Promise<string> {
  const folder = temporaryFolder();
  const text = typeof said === "string" ? said : JSON.stringify(said);
  writeFileSync(join(folder, "said"), text);
  const program = join(folder, "pulumi");
  writeFileSync(program, `#!/bin/sh\ncat "${folder}/said"\necho on stderr >&2\nexit ${exitCode}\n`, {
    mode: 0o755,
  });
  return pulumiPreview({ program, cwd: folder, stack: "stage", signal: new AbortController().signal });
}
