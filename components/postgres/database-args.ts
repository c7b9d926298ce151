import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import type { DatabaseRole, PostgresSettings } from "./settings.ts";

/** What the database is made from. */
export interface DatabaseArgs extends PartArgs<CoreSettings & PostgresSettings> {
  /** The users besides the service's own. */
  readonly roles: readonly DatabaseRole[];
}
