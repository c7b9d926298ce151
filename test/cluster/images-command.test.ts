import { realpathSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STORAGE_CLASS } from "../../local/fixtures.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { command, project } from "../support/cli.ts";
import { PATHS } from "./control-plane.ts";
import { ownImages, registry } from "./own-images.ts";
import { TestStack } from "./stack.ts";

const { server, images } = await ownImages();
afterAll(() => server.stop());

describe("./ops images", () => {
  const stack = new TestStack("told-images");
  // Nothing but the registry on this machine is reached.
  const env = { HTTPS_PROXY: "http://127.0.0.1:1", https_proxy: "http://127.0.0.1:1" };
  const own = {
    images,
    deployment: "stg",
    kubeContext: LOCAL_CONTEXT,
    namespace: stack.namespace,
    platform: "openshift",
    storageClass: STORAGE_CLASS,
    hosts: { service: "s.packit.dev", dashboard: "d.packit.dev", workers: "w.packit.dev" },
    identity: { fasUser: "packit-stg" },
  };
  const ops = (...args: string[]) => {
    const lines = Object.entries(own).map(([key, value]) => `  packit:${key}: ${JSON.stringify(value)}\n`);
    const cwd = realpathSync(project({ "Pulumi.told-images.yaml": `config:\n${lines.join("")}` }));
    return command("images", [...args, "--kubeconfig", PATHS.kubeconfig], { cwd, env });
  };

  beforeAll(() => stack.up({ images }));

  it("tells of every image, in 80 columns, and what keeps it from telling more", async () => {
    const { exitCode, stdout, stderr } = await ops("status", "told-images");
    const text = String(stdout);
    expect(String(stderr)).toContain(`In the context ${LOCAL_CONTEXT}, in the namespace ${stack.namespace}:`);
    expect(text).toMatch(/packit-worker +│ [0-9a-f]{12}/);
    expect(text).toMatch(/^nginx: The registry quay\.io cannot be asked: /m);
    for (const line of text.split("\n").filter((line) => /[│─]/.test(line))) expect(line.length).toBe(80);
    expect(exitCode).toBe(1);
  });

  it("says what an import would do, as JSON too, and does nothing", async () => {
    const before = await stack.applied();
    const { exitCode, stdout } = await ops("import", "told-images", "packit-worker", "--dry-run", "--json");
    const { digest: to } = await registry.present(images.worker);
    const name = "packit-worker";
    const rolled = expect.arrayContaining([`StatefulSet ${stack.namespace}/packit-worker-long-running`]);
    expect(JSON.parse(String(stdout))).toEqual([{ name, to, rolled }]);
    expect(exitCode).toBe(0);
    expect(await stack.applied()).toEqual(before);
  });

  it("refuses what is no image of the stack, before it asks anybody", async () => {
    const { exitCode, stderr } = await ops("import", "told-images", "packit-wroker");
    expect([exitCode, String(stderr)]).toEqual([1, expect.stringContaining("Did you mean packit-worker?")]);
  });
});
