import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { complete, ocOf } from "../../cli/printed.ts";
import { command, project } from "../support/cli.ts";
import { POOL } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";

const NOBODY = { GITHUB_API_URL: "http://127.0.0.1:9" };

describe("./ops test-instance deploy --local", () => {
  it.each([
    [["packit-service=614"], ["service", "worker"]],
    [["ogr=branch:fix#12"], ["service", "worker"]],
    [
      ["dashboard=5", "sandcastle=6"],
      ["dashboard", "sandbox", "worker"],
    ],
    [["packit-service=614", "--image", "service=quay.io/x/y:1"], ["worker"]],
    [
      ["packit-service=614", "--dry-run"],
      ["service", "worker"],
    ],
  ])("of %j is refused at once: nobody would build %j", async (words, missing) => {
    const run = (...more: string[]) =>
      command("test-instance", ["deploy", "--local", "--engine", "apply", ...words, ...more], {
        cwd: project(),
        env: NOBODY,
      });
    const { exitCode, stderr } = await run();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^Nobody builds images .*$/)]);
    // What it says is what helps: the next thing that is missing is the control plane.
    const options = /really runs there: (.*)$/.exec(String(stderr))?.[1] ?? "";
    expect(missing.every((image) => options.includes(`--image ${image}=`))).toBe(true);
    expect((await run(...options.split(" "))).stderr).toContain("No control plane runs here");
  });

  it("builds nothing for a program of this project's own", async () => {
    const { stderr } = await command("test-instance", ["deploy", "--local", "deployment=1"], {
      cwd: project(),
      env: NOBODY,
    });
    expect(stderr).toContain("No control plane runs here");
  });
});

describe("the mistakes of a command line", () => {
  it("are all said at once", async () => {
    const shared = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
    shared.config["packit:testInstances"] = {
      default: { kubeContext: "x", domain: "apps.example.com", storageClass: "standard" },
    };
    const cwd = project({ "Pulumi.yaml": stringify(shared) });
    const options = await command("test-instance", ["logs", "--jsno", "--folow", "--lines="], { cwd });
    for (const part of ["--json?", "--follow?", "--lines needs a value", "NAME is missing"])
      expect(options.stderr).toContain(part);
    const values = [
      "ogr=0",
      "x=1",
      "--ttl=8",
      "--wait=x",
      "--limit=y",
      "--with=flour",
      "--name=X",
      "--image=z",
    ];
    const { stderr } = await command("test-instance", ["deploy", ...values], { cwd });
    for (const part of ['"ogr=0"', '"x"', "--ttl", "--wait", "--limit", "--with flour", '"X"', '"z"'])
      expect(stderr).toContain(part);
    const both = await command("test-instance", ["deploy", ...values, "--jsno", "--base=x", "--ttl"], {
      cwd,
    });
    for (const part of ["Unknown option --jsno", '--base is "x"', '"ogr=0"', "--wait", '"z"', "--with flour"])
      expect(both.stderr).toContain(part);
  });
});

describe("a command that is printed", () => {
  it.each([
    [{ local: true }, "./ops test-instance destroy --local one removes it."],
    [{ local: false, kubeconfig: "a b" }, "./ops test-instance destroy --kubeconfig='a b' one removes it."],
    [
      { local: false, kubeconfig: "it's" },
      "./ops test-instance destroy --kubeconfig='it'\\''s' one removes it.",
    ],
    [{ local: false }, "./ops test-instance destroy one removes it."],
  ])("works where the one did that prints it: %j", (where, expected) => {
    expect(complete("./ops test-instance destroy one removes it.", where)).toBe(expected);
  });

  it("asks the pool's cluster, by the client that there is", () => {
    expect(ocOf({ local: false }, POOL)).toBe("oc --context packit-test");
    expect(ocOf({ local: false, kubeconfig: "/k" }, { ...POOL, platform: "kubernetes" })).toBe(
      "kubectl --kubeconfig /k --context packit-test",
    );
    expect(ocOf({ local: true }, POOL)).toMatch(
      /^\.local\/control-plane\/kubectl --kubeconfig \S+kubeconfig --context /,
    );
  });
});
