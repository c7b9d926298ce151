import { z } from "zod";

/** How new images of Packit's own get into a stack. */
export const imagePolicy = {
  imagePolicy: z
    .enum(["follow", "schedule", "pinned"])
    .default("follow")
    .describe(
      "How new images of Packit's own get in: imported when they appear, imported at `imageImport.schedule`, or only by a digest here. Other images never change by themselves.",
    ),
};
