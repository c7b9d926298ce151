import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VERSION } from "../../local/kit.ts";
import { MODULE } from "../../local/paths.ts";

describe("the version that the API server says it is", () => {
  it("is that of k8s.io/kubernetes in go.mod", () => {
    expect(readFileSync(join(MODULE, "go.mod"), "utf8")).toContain(`k8s.io/kubernetes ${VERSION}\n`.trim());
  });
});
