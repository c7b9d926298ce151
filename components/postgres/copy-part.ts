import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { job } from "../workload.ts";
import { POSTGRES, type PostgresSettings } from "./settings.ts";

/** The copy of the database to another major version, while there are two of them. */
export const postgresCopy = {
  name: "postgres-copy",
  settings: {},
  isOn: ({ postgres }) => postgres.secondVersion !== undefined,
  components: ({ postgres }) => [
    { ...job("postgres-copy", { "postgres-copy": postgres }), connects: [POSTGRES] },
  ],
} satisfies Part<CoreSettings & PostgresSettings>;
