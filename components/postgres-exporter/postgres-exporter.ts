import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { secretFiles } from "../../kubernetes/files.ts";
import { serviceObject } from "../../kubernetes/service.ts";
import type { PartArgs } from "../part-args.ts";
import { POSTGRES, type PostgresSettings } from "../postgres/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { EXPORTER_ROLE, POSTGRES_EXPORTER, type PostgresExporterSettings } from "./settings.ts";

type PostgresExporterArgs = PartArgs<CoreSettings & PostgresExporterSettings & PostgresSettings>;

const { host: NAME, port: PORT } = POSTGRES_EXPORTER;

/** The exporter of PostgreSQL's metrics. It asks the database anew for each scrape. */
export class PostgresExporter extends pulumi.ComponentResource {
  constructor(name: string, args: PostgresExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:PostgresExporter", name, {}, opts);
    const { destination, settings } = args;
    const child = { parent: this };
    const credentials = secretFiles(
      `${name}-credentials`,
      { destination, name: NAME, data: { password: args.password(EXPORTER_ROLE.password) } },
      child,
    );
    // Its front page asks nothing of the database.
    const answers = { httpGet: { path: "/", port: PORT }, timeoutSeconds: 5 };
    deployment(
      name,
      {
        destination,
        workload: args.workload(NAME),
        strategy: "rolling",
        containers: [
          {
            name: NAME,
            image: args.image(NAME),
            ports: [PORT],
            env: {
              DATA_SOURCE_URI: `${POSTGRES.host}:${POSTGRES.port}/${settings.postgres.database}?sslmode=disable`,
              DATA_SOURCE_USER: EXPORTER_ROLE.user,
              DATA_SOURCE_PASS: { from: credentials, key: "password" },
            },
            startupProbe: { ...answers, periodSeconds: 5, failureThreshold: 24 },
            livenessProbe: { ...answers, periodSeconds: 30 },
            readinessProbe: { ...answers, periodSeconds: 10 },
          },
        ],
        nodeSelector: settings.postgresExporter.nodeSelector,
      },
      childOptions(this, opts),
    );
    const port = { name: NAME, port: PORT, targetPort: PORT };
    serviceObject(`${name}-service`, { destination, name: NAME, component: NAME, port }, child);
    this.registerOutputs();
  }
}
