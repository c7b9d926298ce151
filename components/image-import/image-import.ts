import * as pulumi from "@pulumi/pulumi";
import { cronJob } from "../../kubernetes/cron-job.ts";
import { grant } from "../../kubernetes/grant.ts";
import { program } from "../../kubernetes/program.ts";
import { ocContainer } from "../oc.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { IMAGE_IMPORT, type ImageImportSettings } from "./settings.ts";

type ImageImportArgs = PartArgs<CoreSettings & ImageImportSettings>;

const NAME = IMAGE_IMPORT;

/**
 * The API first, which migrates the database, then the others. OpenShift needs a moment to put a new image in; an import
 * that fails does not keep the others back.
 */
const SCRIPT = program(import.meta.dirname, "import.sh").trimEnd();

/** The import of Packit's own images at set times. OpenShift then rolls the workloads that run them. */
export class ImageImport extends pulumi.ComponentResource {
  constructor(name: string, args: ImageImportArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:ImageImport", name, {}, opts);
    const { destination, settings } = args;
    const child = { parent: this };
    const { schedule, timeZone } = settings.imageImport;
    grant(
      name,
      {
        metadata: destination.object(NAME),
        rules: [
          { apiGroups: ["image.openshift.io"], resources: ["imagestreams"], verbs: ["get", "update"] },
          { apiGroups: ["image.openshift.io"], resources: ["imagestreamimports"], verbs: ["create"] },
          { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch"] },
        ],
        account: { name: NAME, namespace: destination.namespace },
      },
      child,
    );
    cronJob(
      name,
      {
        destination,
        workload: args.workload(NAME),
        schedule,
        timeZone,
        limitSeconds: 3600,
        usesApi: true,
        containers: [
          ocContainer(NAME, settings, { command: ["bash", "-c", SCRIPT, NAME, ...args.imported] }),
        ],
        nodeSelector: {},
      },
      child,
    );
    this.registerOutputs();
  }
}
