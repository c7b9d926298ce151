import { z } from "zod";
import { flag, positive, text } from "../../schema/values.ts";

const days = z
  .int()
  .min(1)
  .max(36_500)
  .meta({ allowed: "days, a whole number from 1 to 36500", example: 90 });

/** Switches of Packit's own code that are no part of packit-service.yaml. Without one, upstream's own default holds. */
export const upstreamSwitches = z
  .strictObject({
    disableInternalTestingFarm: flag
      .default(false)
      .describe("Run no tests on the internal Testing Farm, and tell users that it is off for a while."),
    disableOpenScanHub: flag.default(false).describe("Start no scans of builds in OpenScanHub."),
    cancelRunningJobs: flag
      .default(false)
      .describe("Cancel the running builds and tests of a pull request that a newer commit makes needless."),
    sentryTracesSampleRate: text(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, "a number from 0 to 1, in quotes", "0.05")
      .optional()
      .describe(
        "The share of requests and tasks that Sentry is told about. Upstream's own: 0.1 in prod, 0.25 elsewhere.",
      ),
    pipelinesOutdatedAfterDays: days
      .optional()
      .describe("Days after which pipelines are deleted from the database. Upstream's own: 365."),
    srpmBuildsOutdatedAfterDays: days
      .optional()
      .describe("Days after which the logs of SRPM builds are dropped. Upstream's own: 30."),
    packageConfigsOutdatedAfterDays: days
      .optional()
      .describe("Days after which the package configurations of old events are dropped. Upstream's own: 1."),
    logSql: flag
      .default(false)
      .describe("Log every SQL statement of the API and the workers, and the data in it."),
    celeryLogLevel: z
      .enum(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])
      .optional()
      .describe("The level of Celery's own log in workers and beat. Upstream's own: DEBUG."),
    fedmsgSilenceMinutes: positive
      .optional()
      .describe("Minutes without a message after which the listener is restarted. Upstream's own: 5."),
  })
  .prefault({})
  .describe("Switches of Packit's own code that packit-service.yaml does not have.");

export type UpstreamSwitches = Readonly<z.output<typeof upstreamSwitches>>;

/** Who reads a switch; the nightly clean-up of the database is a task of the queue long-running. */
export type SwitchReader = "api" | "workers" | "cleanUp" | "beat" | "fedmsg";

/** The variable of each switch as upstream's sources name it, and the pods that read it. */
const VARIABLES: Readonly<
  Record<keyof UpstreamSwitches, { readonly name: string; readonly readers: readonly SwitchReader[] }>
> = {
  disableInternalTestingFarm: { name: "DISABLE_INTERNAL_TF", readers: ["workers"] },
  disableOpenScanHub: { name: "DISABLE_OPENSCANHUB", readers: ["workers"] },
  cancelRunningJobs: { name: "CANCEL_RUNNING_JOBS", readers: ["workers"] },
  sentryTracesSampleRate: { name: "SENTRY_TRACES_SAMPLE_RATE", readers: ["api", "workers", "beat"] },
  pipelinesOutdatedAfterDays: { name: "PIPELINES_OUTDATED_AFTER_DAYS", readers: ["cleanUp"] },
  srpmBuildsOutdatedAfterDays: { name: "SRPMBUILDS_OUTDATED_AFTER_DAYS", readers: ["cleanUp"] },
  packageConfigsOutdatedAfterDays: { name: "PACKAGE_CONFIGS_OUTDATED_AFTER_DAYS", readers: ["cleanUp"] },
  logSql: { name: "SQLALCHEMY_ECHO", readers: ["api", "workers"] },
  celeryLogLevel: { name: "LOGLEVEL", readers: ["workers", "beat"] },
  fedmsgSilenceMinutes: { name: "LIVENESS_TIMEOUT", readers: ["fedmsg"] },
};

/** The environment of the switches that are set, for a pod that does what the readers do. */
export function switchEnvironment(
  switches: UpstreamSwitches,
  ...readers: readonly SwitchReader[]
): Readonly<Record<string, string>> {
  const keys = Object.keys(VARIABLES) as (keyof UpstreamSwitches)[]; // Object.keys with the record's own type.
  const read = keys.filter((key) => VARIABLES[key].readers.some((reader) => readers.includes(reader)));
  return Object.fromEntries(
    read.flatMap((key) => {
      const value = switches[key];
      // Off is nothing at all: upstream takes any text for on in one of them, "false" and "0" too.
      return value === undefined || value === false ? [] : [[VARIABLES[key].name, String(value)]];
    }),
  );
}
