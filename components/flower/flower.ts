import * as pulumi from "@pulumi/pulumi";
import { after } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { type Files, secretFiles } from "../../kubernetes/files.ts";
import { serviceObject } from "../../kubernetes/service.ts";
import { VALKEY_URL } from "../addresses.ts";
import type { PartArgs } from "../part.ts";

export interface FlowerArgs extends PartArgs<"flower"> {
  /** The password of its one account. */
  readonly password: pulumi.Output<string>;
}

const NAME = "flower";
const PORT = 5555;

/** The account that Flower's pages and its API ask for. */
export const FLOWER_USER = "flower-boss";

/** Flower, which shows Celery's workers and tasks. Its metrics and its health are open, all else wants the password. */
export class Flower extends pulumi.ComponentResource {
  /** Its account. */
  readonly credentials: Files<"user" | "password">;

  constructor(name: string, args: FlowerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Flower", name, {}, opts);
    const { site, settings, configuration, image, password } = args;
    const child = { parent: this };
    this.credentials = secretFiles(
      `${name}-credentials`,
      { site, name: NAME, data: { user: FLOWER_USER, password } },
      child,
    );
    const healthy = { httpGet: { path: "/healthcheck", port: PORT }, timeoutSeconds: 5 };
    deployment(
      name,
      {
        site,
        component: NAME,
        strategy: "rolling",
        containers: [
          {
            name: NAME,
            image,
            ports: [PORT],
            env: {
              VALKEY_PASSWORD: { from: configuration.valkey, key: "password" },
              CELERY_BROKER_URL: VALKEY_URL,
              BASIC_AUTH_USER: { from: this.credentials, key: "user" },
              BASIC_AUTH_PASSWORD: { from: this.credentials, key: "password" },
              FLOWER_BASIC_AUTH: "$(BASIC_AUTH_USER):$(BASIC_AUTH_PASSWORD)",
              FLOWER_PORT: String(PORT),
            },
            resources: settings.flower.resources,
            startupProbe: { ...healthy, periodSeconds: 5, failureThreshold: 60 },
            livenessProbe: { ...healthy, periodSeconds: 30 },
            readinessProbe: { ...healthy, periodSeconds: 10 },
          },
        ],
        nodeSelector: settings.flower.nodeSelector,
      },
      after(this, opts),
    );
    const port = { name: String(PORT), port: PORT, targetPort: PORT };
    serviceObject(`${name}-service`, { site, name: NAME, component: NAME, port }, child);
    this.registerOutputs();
  }
}
