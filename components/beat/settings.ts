import type { z } from "zod";
import { part } from "../../schema/part.ts";
import { flag } from "../../schema/values.ts";

export const beatSettings = {
  withBeat: flag.default(true).describe("Run the scheduler of periodic tasks."),
  beat: part({ requests: { cpu: "5m", memory: "160Mi" }, limits: { cpu: "50m", memory: "256Mi" } }),
};

export type BeatSettings = Readonly<z.output<z.ZodObject<typeof beatSettings>>>;
