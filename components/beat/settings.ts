import type { z } from "zod";
import { part } from "../../settings/part.ts";
import { flag } from "../../settings/values.ts";

export const beatSettings = {
  withBeat: flag.default(true).describe("Run the scheduler of periodic tasks."),
  beat: part({ requests: { cpu: "5m", memory: "160Mi" }, limits: { cpu: "50m", memory: "256Mi" } }),
};

export type BeatSettings = Readonly<z.output<z.ZodObject<typeof beatSettings>>>;
