import { z } from "zod";
import { day, line, positive } from "../values.ts";
import { CATALOGUE, perGenerated } from "./catalogue.ts";

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
      "What is known of external secrets, by their names under `secrets`; a forge's token by its host.",
    ),
  generations: z
    .strictObject(
      perGenerated((name) =>
        positive
          .max(100)
          .default(1)
          .meta({ allowed: "a whole number from 1 to 100", example: 2 })
          .describe(`The generation of ${CATALOGUE[name].purpose}.`),
      ),
    )
    .prefault({})
    .describe("The next number makes a generated secret anew; the former ones are kept beside it."),
};
