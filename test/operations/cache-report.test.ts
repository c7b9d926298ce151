import { describe, expect, it } from "vitest";
import { cacheVolumes } from "../../components/repository-cache/settings.ts";
import { proven } from "../../operations/cache-log.ts";
import { cacheTable, human, type VolumeReport } from "../../operations/cache-report.ts";

/** What repository-cache.py says, with what Python may say of its own. */
const LOG = `{"repository": "systemd", "state": "working"}
<string>:1: DeprecationWarning: nothing that matters
{"repository": "systemd", "state": "done", "detail": "cloned", "seconds": 61.5, "bytes": 1503238553, "updated": 1800000000}
{"repository": "kernel", "state": "working"}
{"repository": "kernel", "state": "failed", "detail": "needs more than the 4294967296 bytes of the volume hold", "seconds": 300.1}
{"volume": {"bytes": 4294967296, "free": 2700000000}, "lines": 4}
`;

const [sandbox] = cacheVolumes("packit-worker-long-running-0", {
  namespace: "packit",
  sandboxNamespace: "sandbox",
});
const report: VolumeReport = {
  volume: sandbox,
  holders: ["sandcastle-abc"],
  ...proven(LOG, ["systemd", "kernel", "rpm"]),
};

describe("what repository-cache.py said", () => {
  it("is the last word on each repository, and on the volume", () => {
    expect(report.repositories.map(({ repository, state }) => [repository, state])).toEqual([
      ["systemd", "done"],
      ["kernel", "failed"],
      ["rpm", "unknown"],
    ]);
    expect(report.size).toEqual({ bytes: 4294967296, free: 2700000000 });
  });

  it("fits a terminal of 80 columns, with sizes and times for people", () => {
    const table = cacheTable([report], 1_800_010_000_000);
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(table).toMatch(/packit-worker-long-running-0, sandbox, 2\.5 GiB of 4\.0 GiB free/);
    expect(table).toContain("mounted by sandcastle-abc");
    expect(table).toMatch(/systemd +│ cloned +│ 1\.4 GiB │ 61\.5 s +│ 3 h ago/);
    expect(table).toMatch(/failed: needs more than the/);
    expect(table).toMatch(/rpm +│ unknown/);
  });
});

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [5 * 2 ** 30, "5.0 GiB"],
    [2 ** 50, "1024 TiB"],
  ])("%i are %s", (bytes, text) => expect(human(bytes)).toBe(text));
});
