import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ROOT } from "./support/stacks.ts";

interface Lock {
  readonly packages: Readonly<Record<string, { readonly integrity?: string; readonly link?: boolean }>>;
}

describe("the packages of this project", () => {
  it("run no script when they are installed, as npm understands its settings here", async () => {
    const { stdout } = await execa("npm", ["config", "get", "ignore-scripts"], { cwd: ROOT });
    expect(stdout).toBe("true");
  });

  it("are each held to the hash that the lockfile has of it", () => {
    const { packages }: Lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
    const { "": own, ...others } = packages;
    expect(own).toBeDefined();
    expect(Object.keys(others).length).toBeGreaterThan(100);
    const loose = Object.entries(others).filter(([, { integrity = "" }]) => !/^sha512-/.test(integrity));
    expect(loose.map(([name]) => name)).toEqual([]);
  });
});
