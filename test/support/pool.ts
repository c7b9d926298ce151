import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "../../components/test-instance/pool.ts";
import { STORAGE_CLASS } from "../../local/fixtures.ts";
import { loadPool } from "../../settings/pool.ts";

/** A pool as Pulumi.yaml may describe it. */
export function poolOf(changes: Readonly<Record<string, unknown>> = {}): Pool {
  const folder = mkdtempSync(join(tmpdir(), "packit-pool-"));
  try {
    const pool = {
      kubeContext: "packit-test",
      domain: "apps.example.com",
      storageClass: STORAGE_CLASS,
      ...changes,
    };
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      JSON.stringify({ name: "packit", config: { "packit:testInstances": { default: pool } } }),
    );
    return loadPool(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const POOL = poolOf();

/** The same with a reaper in the cluster. */
export const REAPED_POOL = poolOf({
  reaper: { image: `quay.io/packit/deployment-reaper:${"0".repeat(40)}@sha256:${"0".repeat(64)}` },
});
