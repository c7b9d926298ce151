import { describe, expect, it } from "vitest";
import { z } from "zod";
import { upstreamSwitches } from "../../../components/configuration/upstream-switches.ts";
import { unwrap } from "../../../settings/schema-walk.ts";
import type { Anything } from "../../support/anything.ts";
import { allTemplates, objectsOf, settingsOf } from "../../support/stacks.ts";
import { UPSTREAM_READS } from "../../support/upstream-reads.ts";

const API = ["packit-service"];
const LONG = ["packit-worker", "packit-worker-long-running"];
const WORKERS = [...LONG, "packit-worker-short-running"];
const BEAT = ["packit-service-beat"];
const FEDMSG = ["packit-service-fedmsg"];

/** Each switch, a value that is not upstream's own, its variable, and the pods that read it. */
const SWITCHES: readonly [setting: string, value: unknown, variable: string, pods: readonly string[]][] = [
  ["disableInternalTestingFarm", true, "DISABLE_INTERNAL_TF", WORKERS],
  ["disableOpenScanHub", true, "DISABLE_OPENSCANHUB", WORKERS],
  ["cancelRunningJobs", true, "CANCEL_RUNNING_JOBS", WORKERS],
  ["sentryTracesSampleRate", "0", "SENTRY_TRACES_SAMPLE_RATE", [...API, ...WORKERS, ...BEAT]],
  ["pipelinesOutdatedAfterDays", 90, "PIPELINES_OUTDATED_AFTER_DAYS", LONG],
  ["srpmBuildsOutdatedAfterDays", 7, "SRPMBUILDS_OUTDATED_AFTER_DAYS", LONG],
  ["packageConfigsOutdatedAfterDays", 3, "PACKAGE_CONFIGS_OUTDATED_AFTER_DAYS", LONG],
  ["logSql", true, "SQLALCHEMY_ECHO", [...API, ...WORKERS]],
  ["celeryLogLevel", "INFO", "LOGLEVEL", [...WORKERS, ...BEAT]],
  ["fedmsgSilenceMinutes", 30, "LIVENESS_TIMEOUT", FEDMSG],
];

const workers = { generic: { replicas: 1 } };

describe("upstream's switches", () => {
  it("are all in the table, and all among what upstream's sources read", () => {
    expect(SWITCHES.map(([setting]) => setting)).toEqual(Object.keys(shape()));
    expect(SWITCHES.map(([, , variable]) => variable)).toEqual(Object.keys(UPSTREAM_READS));
  });

  it("say nothing to any pod unless they are set", async () => {
    expect(await told({})).toEqual([]);
    const off = SWITCHES.filter(([, value]) => value === true).map(([setting]) => [setting, false]);
    expect(await told(Object.fromEntries(off))).toEqual([]);
  });

  it.each(
    SWITCHES,
  )("tell %s: %j as %s to the pods that read it, and to no others", async (setting, value, name, pods) => {
    expect(await told({ [setting]: value })).toEqual(
      pods.map((pod) => ({ pod, name, value: String(value) })).sort((a, b) => a.pod.localeCompare(b.pod)),
    );
  });

  it("take a share as a number too, and refuse what upstream would read otherwise", () => {
    const share = (sentryTracesSampleRate: unknown) =>
      settingsOf("stage", { upstreamSwitches: { sentryTracesSampleRate } }).upstreamSwitches;
    expect(share(0.5).sentryTracesSampleRate).toBe("0.5");
    for (const value of ["1.5", "-1", "", "5%", "nan", "1e-3", ".5", true])
      expect(() => share(value), String(value)).toThrow("a number from 0 to 1");
    for (const value of [0, -1, 1.5, "", "1 day", 40_000]) {
      const days = () => settingsOf("stage", { upstreamSwitches: { pipelinesOutdatedAfterDays: value } });
      expect(days, String(value)).toThrow("days");
    }
  });
});

function shape(): object {
  const map = unwrap(upstreamSwitches);
  return map instanceof z.ZodObject ? map.shape : {};
}

/** Which containers are told of any switch, and what. */
async function told(switches: Record<string, unknown>) {
  const templates = allTemplates(await objectsOf("stage", { upstreamSwitches: switches, workers }));
  const all = [...templates].flatMap(([pod, { spec }]) =>
    [...spec.containers, ...(spec.initContainers ?? [])].flatMap((one: Anything) =>
      (one.env ?? []).map(({ name, value }: Anything) => ({ pod, name, value })),
    ),
  );
  const known = SWITCHES.map(([, , variable]) => variable);
  return all.filter(({ name }) => known.includes(name)).sort((a, b) => a.pod.localeCompare(b.pod));
}
