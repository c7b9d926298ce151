/**
 * What upstream's own sources do with the variable of each switch, copied from packit-service b828c3d7 (2026-08-03) and
 * packit-service-fedmsg bff2924. Python's expressions, and bash's.
 */
export const UPSTREAM_READS = {
  // packit_service/worker/checker/testing_farm.py
  DISABLE_INTERNAL_TF: { python: 'os.getenv("DISABLE_INTERNAL_TF", "false").lower() == "true"' },
  // packit_service/worker/helpers/open_scan_hub.py
  DISABLE_OPENSCANHUB: {
    python: 'getenv("DISABLE_OPENSCANHUB", "False").lower() in ("true", "t", "yes", "y", "1")',
  },
  // packit_service/worker/handlers/copr.py, distgit.py, koji.py, testing_farm.py: any text is true.
  CANCEL_RUNNING_JOBS: { python: 'bool(os.getenv("CANCEL_RUNNING_JOBS"))' },
  // packit_service/sentry_integration.py
  SENTRY_TRACES_SAMPLE_RATE: {
    python: 'float(rate) if (rate := getenv("SENTRY_TRACES_SAMPLE_RATE")) else "default"',
  },
  // packit_service/worker/database.py, with the constants of packit_service/constants.py
  PIPELINES_OUTDATED_AFTER_DAYS: { python: "f\"{getenv('PIPELINES_OUTDATED_AFTER_DAYS', 365)} days\"" },
  SRPMBUILDS_OUTDATED_AFTER_DAYS: {
    python: 'timedelta(days=int(getenv("SRPMBUILDS_OUTDATED_AFTER_DAYS", 30))).days',
  },
  PACKAGE_CONFIGS_OUTDATED_AFTER_DAYS: {
    python: 'timedelta(days=int(getenv("PACKAGE_CONFIGS_OUTDATED_AFTER_DAYS", 1))).days',
  },
  // packit_service/models.py
  SQLALCHEMY_ECHO: {
    python: 'getenv("SQLALCHEMY_ECHO", "False").lower() in ("true", "t", "yes", "y", "1")',
  },
  // files/run_worker.sh
  LOGLEVEL: { bash: `echo "\${LOGLEVEL:-DEBUG}"` },
  // files/liveness.sh of packit-service-fedmsg
  LIVENESS_TIMEOUT: { bash: `: "\${LIVENESS_TIMEOUT:=5}"; echo "+\${LIVENESS_TIMEOUT}"` },
} as const;
