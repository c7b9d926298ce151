import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { type SwitchReader, switchEnvironment } from "../../components/configuration/upstream-switches.ts";
import { settingsOf } from "../support/stacks.ts";
import { UPSTREAM_READS } from "../support/upstream-reads.ts";
import { tool } from "./tools.ts";

const python = await tool("python");
const READERS: readonly SwitchReader[] = ["api", "workers", "cleanUp", "beat", "fedmsg"];

/** What upstream makes of nothing, and of each switch. */
const OFF = {
  DISABLE_INTERNAL_TF: false,
  DISABLE_OPENSCANHUB: false,
  CANCEL_RUNNING_JOBS: false,
  SENTRY_TRACES_SAMPLE_RATE: "default",
  PIPELINES_OUTDATED_AFTER_DAYS: "365 days",
  SRPMBUILDS_OUTDATED_AFTER_DAYS: 30,
  PACKAGE_CONFIGS_OUTDATED_AFTER_DAYS: 1,
  SQLALCHEMY_ECHO: false,
  LOGLEVEL: "DEBUG",
  LIVENESS_TIMEOUT: "+5",
};

describe.skipIf(python.missing)(
  "upstream's switches, to the expressions that read them",
  { timeout: 60_000 },
  () => {
    it("that are not set, or off, leave upstream's own defaults", async () => {
      expect(await read({})).toEqual(OFF);
      const off = { disableInternalTestingFarm: false, disableOpenScanHub: false, cancelRunningJobs: false };
      expect(await read({ ...off, logSql: false })).toEqual(OFF);
    });

    it("that are set mean what the setting says", async () => {
      const on = { disableInternalTestingFarm: true, disableOpenScanHub: true, cancelRunningJobs: true };
      const days = { pipelinesOutdatedAfterDays: 36_500, srpmBuildsOutdatedAfterDays: 7 };
      const more = { sentryTracesSampleRate: "0", packageConfigsOutdatedAfterDays: 2, logSql: true };
      const levels = { celeryLogLevel: "WARNING", fedmsgSilenceMinutes: 30 };
      expect(await read({ ...on, ...days, ...more, ...levels })).toEqual({
        DISABLE_INTERNAL_TF: true,
        DISABLE_OPENSCANHUB: true,
        CANCEL_RUNNING_JOBS: true,
        SENTRY_TRACES_SAMPLE_RATE: 0,
        PIPELINES_OUTDATED_AFTER_DAYS: "36500 days",
        SRPMBUILDS_OUTDATED_AFTER_DAYS: 7,
        PACKAGE_CONFIGS_OUTDATED_AFTER_DAYS: 2,
        SQLALCHEMY_ECHO: true,
        LOGLEVEL: "WARNING",
        LIVENESS_TIMEOUT: "+30",
      });
      expect(await read({ sentryTracesSampleRate: "0.000001" })).toMatchObject({
        SENTRY_TRACES_SAMPLE_RATE: 0.000001,
      });
    });
  },
);

/** What upstream's expressions make of the environment of some switches. */
async function read(upstreamSwitches: Record<string, unknown>): Promise<Record<string, unknown>> {
  const env = switchEnvironment(settingsOf("stage", { upstreamSwitches }).upstreamSwitches, ...READERS);
  const asked = Object.entries(UPSTREAM_READS);
  const items = asked.flatMap(([name, read]) => ("python" in read ? [`"${name}": ${read.python}`] : []));
  const program = `import json, os\nfrom datetime import timedelta\nfrom os import getenv\nprint(json.dumps({${items.join(", ")}}))`;
  const { stdout } = await python.run(["-c", program], { env });
  const lines = asked.flatMap(([name, read]) => ("bash" in read ? [[name, read.bash] as const] : []));
  const said = await Promise.all(
    lines.map(async ([name, line]) => [name, (await execa("bash", ["-c", line], { env })).stdout] as const),
  );
  return { ...JSON.parse(stdout), ...Object.fromEntries(said) };
}
