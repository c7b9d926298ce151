import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { planFrom } from "../../operations/deployment/plan.ts";
import { type Checkout, checkout } from "../support/checkout.ts";
import { holdsMark, MARK } from "../support/marks.ts";

const URN = "urn:pulumi:stage::packit::kubernetes:apps/v1:Deployment::packit-valkey";

describe("./ops preview write", () => {
  let at: Checkout;
  const place = mkdtempSync(join(tmpdir(), "packit-test-"));
  const write = (...more: readonly string[]) =>
    at.ops(
      "preview",
      "write",
      "--base=HEAD",
      "--head=c0ffee00c0ffee",
      "--run-url=https://run",
      "--to=out",
      ...more,
    );
  const read = (name: string) => readFileSync(join(at.folder, "out", name), "utf8");

  beforeAll(async () => {
    at = await checkout(place, ["prod", "stage"]);
  }, 60_000);
  afterEach(() => at.reset());
  afterAll(() => rmSync(place, { recursive: true }));

  it("writes of all stacks what changes, without any secret", async () => {
    // What a file holds that a stack names is a secret.
    writeFileSync(join(at.folder, "keytab"), MARK);
    appendFileSync(
      join(at.folder, "Pulumi.stage.yaml"),
      "  packit:withTokman: true\n  packit:secrets:\n    keytab: { file: keytab }\n    copr: { secure: djE6bm90 }\n",
    );
    const { exitCode, stdout } = await write();
    expect([exitCode, stdout]).toEqual([0, ""]);
    const comment = read("comment.md");
    expect(comment).toMatch(/^### What <code>c0ffee00c0ff<\/code> does/);
    expect(comment).toMatch(/<code>prod<\/code> \| nothing \| none \| none \|/);
    expect(comment).toContain("<code>added: Deployment packit--stg/tokman</code>");
    expect(comment).toMatch(/^\+"<secret keytab [0-9a-f]{8}>"$/m);
    expect(comment).toContain("fedora.keytab of Secret packit-secrets");
    expect(JSON.parse(read("preview.json"))).toHaveLength(2);
    const names = ["comment.md", "summary.md", "preview.html", "preview.json"];
    expect(names.filter((name) => holdsMark(read(name)) || read(name).includes("djE6bm90"))).toEqual([]);
  });

  it("tells of a wrong stack file at its line, ends with 1, and compares the others all the same", async () => {
    const path = join(at.folder, "Pulumi.prod.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("packit:deployment:", "packit:deploymnt:"));
    const line = text.split("\n").findIndex((one) => one.includes("packit:deployment:")) + 1;
    appendFileSync(join(at.folder, "Pulumi.stage.yaml"), "  packit:withTokman: true\n");
    const { exitCode, stdout } = await write();
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`::error file=Pulumi.prod.yaml,line=${line},title=packit%3Adeploymnt::`);
    expect(read("comment.md")).toContain("did you mean deployment?");
    expect(read("comment.md")).toContain("added: Deployment packit--stg/tokman");
  });

  it("adds what Pulumi's engine would do, where it was asked", async () => {
    await at.git("rm", "--quiet", "Pulumi.prod.yaml");
    await at.git("commit", "--quiet", "--message=one stack");
    mkdirSync(join(at.folder, "plans"));
    const step = { op: "update", urn: URN, newState: { type: "kubernetes:apps/v1:Deployment", inputs: {} } };
    const plan = planFrom("stage", "c0ffee", JSON.stringify({ steps: [step] }));
    writeFileSync(join(at.folder, "plans/stage.json"), JSON.stringify(plan));
    appendFileSync(join(at.folder, "Pulumi.stage.yaml"), "  packit:withTokman: true\n");
    await write("--engine=plans");
    expect(read("comment.md")).toMatch(
      /What Pulumi's engine says[\s\S]*! update kubernetes:apps\/v1:Deployment packit-valkey/,
    );
  });
});
