import * as pulumi from "@pulumi/pulumi";
import type { Site } from "../../platform/site.ts";
import type { Settings } from "../../settings/load.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { Dashboard } from "../dashboard/dashboard.ts";
import { Flower } from "../flower/flower.ts";
import { Nginx } from "../nginx/nginx.ts";
import { Pushgateway } from "../pushgateway/pushgateway.ts";
import { RedisCommander } from "../redis-commander/redis-commander.ts";
import { Tokman } from "../tokman/tokman.ts";
import type { Images } from "./images.ts";
import type { Passwords } from "./passwords.ts";

export interface ToolsArgs {
  /** Where their objects go. */
  readonly site: Site;
  /** All of them: which there are is said here. */
  readonly settings: Settings;
  /** The files and credentials of which each mounts its own. */
  readonly configuration: Configuration;
  /** The images; there is none of a part that is left out. */
  readonly images: Images;
  /** The passwords of their pages. */
  readonly passwords: Passwords["values"];
}

/** What stands beside the service: the dashboard, Flower, metrics and their proxy, tokman, Redis Commander. */
export class Tools extends pulumi.ComponentResource {
  constructor(name: string, args: ToolsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Tools", name, {}, opts);
    const { images, passwords, ...common } = args;
    const child = { parent: this, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) };
    const { dashboard, flower, pushgateway, nginx, tokman, redisCommander } = images;
    const password = passwords.flowerPassword;

    if (dashboard) new Dashboard(`${name}-dashboard`, { ...common, image: dashboard }, child);
    // The proxy looks their addresses up at its start.
    const behindProxy = [
      flower ? new Flower(`${name}-flower`, { ...common, image: flower, password }, child) : [],
      pushgateway ? new Pushgateway(`${name}-pushgateway`, { ...common, image: pushgateway }, child) : [],
    ].flat();
    if (nginx) {
      const dependsOn = [child.dependsOn ?? [], behindProxy].flat() as pulumi.Resource[];
      new Nginx(`${name}-nginx`, { ...common, image: nginx, password }, { parent: this, dependsOn });
    }
    if (tokman) new Tokman(`${name}-tokman`, { ...common, image: tokman }, child);
    if (redisCommander) {
      new RedisCommander(
        `${name}-redis-commander`,
        { ...common, image: redisCommander, password: passwords.redisCommanderPassword },
        child,
      );
    }
    this.registerOutputs();
  }
}
