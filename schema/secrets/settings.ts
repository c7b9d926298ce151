import { z } from "zod";
import { day, line } from "../values.ts";

const record = z.strictObject({
  owner: line
    .meta({ example: "hello@packit.dev" })
    .optional()
    .describe("Who answers for it and renews it. Default: `owner`."),
  purpose: line
    .meta({ example: "the token of packit-stg" })
    .optional()
    .describe("What it is for. Default: what the list of secrets says."),
  expires: day
    .optional()
    .describe("The last day on which it is valid; a certificate and Copr's file say so themselves."),
});

/** The settings about secrets, which hold none. */
export const secretSettings = {
  owner: line
    .default("hello@packit.dev")
    .describe("Who answers for the secrets whose record names nobody else."),
  secretRecords: z
    .record(line.meta({ example: "copr" }), record)
    .default({})
    .describe(
      "What is known of external secrets, by their names under `secrets`; a forge's token by its host, what GitHub is given as `github.NAME`.",
    ),
};
