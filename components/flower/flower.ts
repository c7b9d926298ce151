import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { type Files, secretFiles } from "../../kubernetes/files.ts";
import { serviceObject } from "../../kubernetes/service.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY_URL } from "../valkey/settings.ts";
import { FLOWER, FLOWER_USER, type FlowerSettings } from "./settings.ts";

type FlowerArgs = PartArgs<CoreSettings & FlowerSettings>;

const { host: NAME, port: PORT } = FLOWER;

/** Flower, which shows Celery's workers and tasks. Its metrics and its health are open, all else wants the password. */
export class Flower extends pulumi.ComponentResource {
  /** Its account. */
  readonly credentials: Files<"user" | "password">;

  constructor(name: string, args: FlowerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Flower", name, {}, opts);
    const { destination, settings, configuration } = args;
    const child = { parent: this };
    this.credentials = secretFiles(
      `${name}-credentials`,
      { destination, name: NAME, data: { user: FLOWER_USER, password: args.password("flowerPassword") } },
      child,
    );
    const healthy = { httpGet: { path: "/healthcheck", port: PORT }, timeoutSeconds: 5 };
    deployment(
      name,
      {
        destination,
        workload: args.workload(NAME),
        strategy: "rolling",
        containers: [
          {
            name: NAME,
            image: args.image("flower"),
            ports: [PORT],
            env: {
              VALKEY_PASSWORD: { from: configuration.valkey, key: "password" },
              CELERY_BROKER_URL: VALKEY_URL,
              BASIC_AUTH_USER: { from: this.credentials, key: "user" },
              BASIC_AUTH_PASSWORD: { from: this.credentials, key: "password" },
              FLOWER_BASIC_AUTH: "$(BASIC_AUTH_USER):$(BASIC_AUTH_PASSWORD)",
              FLOWER_PORT: String(PORT),
            },
            startupProbe: { ...healthy, periodSeconds: 5, failureThreshold: 60 },
            livenessProbe: { ...healthy, periodSeconds: 30 },
            readinessProbe: { ...healthy, periodSeconds: 10 },
          },
        ],
        nodeSelector: settings.flower.nodeSelector,
      },
      childOptions(this, opts),
    );
    const port = { name: String(PORT), port: PORT, targetPort: PORT };
    serviceObject(`${name}-service`, { destination, name: NAME, component: NAME, port }, child);
    this.registerOutputs();
  }
}
