import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { removeStack } from "../../cluster/apply.ts";
import { Deployment } from "../../operations/deployment/deployment.ts";
import { hostOf } from "../../operations/deployment/lock.ts";
import { holdsMark } from "../support/marks.ts";
import { PATHS } from "./control-plane.ts";
import { backendIn, HAS_PULUMI, PulumiStack } from "./pulumi-stack.ts";

/** How long some runs of Pulumi's CLI may take on a busy machine. */
const RUNS_MS = 360_000;

if (!HAS_PULUMI) process.stderr.write("Skipped: the deployment by Pulumi's CLI, which is not on PATH\n");

describe.skipIf(!HAS_PULUMI)("a deployment by Pulumi's real engine", { timeout: RUNS_MS }, () => {
  const stack = new PulumiStack("agreed");
  const deployment = new Deployment({
    root: stack.folder,
    stack: stack.name,
    commit: "one",
    secrets: ["of a test"],
  });
  const { signal } = new AbortController();
  const told = { report: () => {}, signal };

  beforeAll(() => stack.configure(), RUNS_MS);
  beforeEach(() => {
    vi.stubEnv("PULUMI_BACKEND_URL", backendIn(stack.folder));
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "of a test");
    vi.stubEnv("KUBECONFIG", PATHS.kubeconfig);
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(async () => {
    await removeStack(stack.client, stack.name);
    stack.remove();
  }, RUNS_MS);

  /** What is planned twice in the same state, and is the same. */
  async function planned() {
    const plan = await deployment.plan(signal);
    expect(await deployment.plan(signal)).toEqual(plan);
    expect(holdsMark(JSON.stringify(plan))).toBe(false);
    return plan;
  }

  it("plans the same each time, for what is new and for what changes, until nothing is left to do", async () => {
    expect((await planned()).steps.length).toBeGreaterThan(30);
    await deployment.up(told);
    expect((await planned()).steps).toEqual([]);
    await stack.configure({ dashboard: { replicas: 2 } });
    const { steps } = await planned();
    const changes = steps.flatMap((step) => step.changes);
    expect(changes).toContainEqual({ path: "spec.replicas", kind: "update", before: "1", after: "2" });
    await deployment.up(told);
    expect((await planned()).steps).toEqual([]);
  });

  it("understands whose a lock is, and removes one that was left", async () => {
    const folder = join(stack.folder, ".pulumi/locks/organization/packit", stack.name);
    mkdirSync(folder, { recursive: true });
    const lock = { pid: 7, username: "runner", hostname: hostOf({ run: 12, attempt: 1 }) };
    writeFileSync(join(folder, "one.json"), JSON.stringify({ ...lock, timestamp: "2026-11-29T10:00:00Z" }));
    const held = deployment.up({ ...told, hasEnded: async () => false });
    await expect(held).rejects.toThrow("agreed is locked: run 12 of the workflow");
    expect(readdirSync(folder)).toEqual(["one.json"]);
    await deployment.up({ ...told, hasEnded: async ({ run, attempt }) => run === 12 && attempt === 1 });
    expect(readdirSync(folder)).toEqual([]);
  });
});
