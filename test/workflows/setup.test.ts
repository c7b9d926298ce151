import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { ACTIONS } from "../support/workflows.ts";

it("the action that sets a job up writes the kubeconfig where kubectl looks, for its user alone, and shows nothing", async () => {
  const setup = ACTIONS.find(({ path }) => path.includes("/setup/"));
  const step = setup?.parsed.runs.steps.find(({ name }) => name === "Write the kubeconfig");
  const HOME = temporaryFolder();
  const text = "kind: Config\ntoken: 100%s\\n\n";
  const env = { HOME, ...Object.fromEntries(Object.keys(step?.env ?? {}).map((name) => [name, text])) };
  const { all } = await execa("bash", ["-ec", step?.run ?? ""], { env, all: true });
  const file = join(HOME, ".kube/config");
  expect([all, readFileSync(file, "utf8")]).toEqual(["", text]);
  expect(statSync(file).mode & 0o077).toBe(0);
});
