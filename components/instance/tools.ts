import * as pulumi from "@pulumi/pulumi";
import { type MadePartsArgs, madeParts } from "./made-parts.ts";

/** What stands beside the service: pages for people, metrics for monitoring. */
export class Tools extends pulumi.ComponentResource {
  constructor(name: string, args: MadePartsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Tools", name, {}, opts);
    madeParts(name, args, { parent: this });
    this.registerOutputs();
  }
}
