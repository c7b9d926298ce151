import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { whereOf } from "../../cli/options.ts";
import { command, project } from "../support/cli.ts";

describe("the cluster that is meant", () => {
  it("is one: the local one, or that of a kubeconfig", () => {
    expect(() => whereOf({ local: true, kubeconfig: "x" })).toThrow(
      "--local and --kubeconfig name two clusters",
    );
    expect(whereOf({ local: false, kubeconfig: "x" })).toEqual({ kubeconfig: "x" });
    expect(whereOf({ local: true })).toMatchObject({ context: "packit-local" });
  });
});

describe("a new stack", () => {
  it("is written over none that is there", async () => {
    const cwd = project();
    const before = readFileSync(join(cwd, "Pulumi.stage.yaml"), "utf8");
    const own = ["--context", "c", "--namespace", "n", "--domain", "example.com"];
    const { exitCode, stderr } = await command("stack", ["new", "stage", "--like", "prod", ...own], { cwd });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("There is a stack stage already")]);
    expect(readFileSync(join(cwd, "Pulumi.stage.yaml"), "utf8")).toBe(before);
  });
});
