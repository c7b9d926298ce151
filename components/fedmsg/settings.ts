import type { z } from "zod";
import { part } from "../../schema/part.ts";
import { secret } from "../../schema/secrets/spec.ts";
import { flag } from "../../schema/values.ts";
import { fedoraMessaging } from "./fedora-messaging.ts";

export const fedmsgSettings = {
  withFedmsg: flag.default(true).describe("Listen to Fedora's message bus."),
  fedmsg: part({ requests: { cpu: "5m", memory: "88Mi" }, limits: { cpu: "50m", memory: "128Mi" } }),
  fedoraMessaging,
};

export type FedmsgSettings = Readonly<z.output<z.ZodObject<typeof fedmsgSettings>>>;

export const fedmsgSecrets = {
  fedoraMessagingQueue: secret("generated", "the UUID of the queue on Fedora's message bus", "uuid", {
    resource: "queue",
  }),
};
