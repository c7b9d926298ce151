import { join } from "node:path";
import { expect, it } from "vitest";
import { removeStack } from "../../local/down.ts";
import { localPaths } from "../../local/paths.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";

it("A stack whose name no object can be labelled with is not looked for", async () => {
  const paths = localPaths(join(temporaryFolder(), "state"));
  await expect(removeStack({ paths, root: ROOT, stack: "feature_" }, { report: () => {} })).rejects.toThrow(
    /^The stack's name is "feature_"/,
  );
});
