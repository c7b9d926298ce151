import { z } from "zod";
import { imageReference } from "../../schema/image-reference.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { only } from "../workload.ts";
import {
  type PostgresSettings,
  postgresName,
  postgresRefusals,
  postgresSecrets,
  postgresSettings,
  postgresVersions,
} from "./settings.ts";

const images = {
  postgres: {
    schema: z
      .partialRecord(
        z.enum(["13", "15", "16"]),
        imageReference.meta({ example: "quay.io/sclorg/postgresql-15-c9s:latest" }),
      )
      .default({})
      .describe("PostgreSQL, by its major version. Default: quay.io/sclorg/postgresql-VERSION-c9s."),
  },
};

type Images = { readonly images: { readonly postgres: Readonly<Record<string, string | undefined>> } };

export const postgres = {
  name: "postgres",
  settings: postgresSettings,
  images,
  secrets: postgresSecrets,
  refusals: postgresRefusals,
  isOn: () => true,
  streams: (settings) =>
    postgresVersions(settings).map((version) => ({
      name: postgresName(version),
      reference: settings.images.postgres[`${version}`] ?? `quay.io/sclorg/postgresql-${version}-c9s:latest`,
      isOwn: false,
    })),
  components: (settings) =>
    postgresVersions(settings).map((version) => only(postgresName(version), { postgres: settings.postgres })),
  claims: (settings) =>
    postgresVersions(settings).map((version) => ({
      name: postgresName(version),
      size: settings.postgres.storage,
    })),
} satisfies Part<CoreSettings & PostgresSettings & Images>;
