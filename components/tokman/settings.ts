import type { z } from "zod";
import { part } from "../../schema/part.ts";
import type { Refusal } from "../../schema/refuse.ts";
import { flag } from "../../schema/values.ts";
import type { CoreSettings } from "../stack/settings.ts";

export const tokmanSettings = {
  withTokman: flag.default(false).describe("Run tokman, which caches the GitHub App's tokens."),
  tokman: part({ requests: { cpu: "5m", memory: "88Mi" }, limits: { cpu: "50m", memory: "128Mi" } }),
};

export type TokmanSettings = Readonly<z.output<z.ZodObject<typeof tokmanSettings>>>;

/** The port of its pods. */
export const TOKMAN_PORT = 8000;

/** Where the API and the workers ask for the GitHub App's tokens. */
export const TOKMAN_URL = "http://tokman";

/** What it is of no use without. */
export function tokmanRefusals({
  withTokman,
  forges,
}: TokmanSettings & Pick<CoreSettings, "forges">): Refusal[] {
  const withApp = Object.values(forges).some(({ githubApp }) => githubApp);
  if (!withTokman || withApp) return [];
  return [
    {
      path: ["withTokman"],
      value: "true",
      allowed: "false, as no forge uses the GitHub App",
      remedy: "leave it out, or let a forge use the GitHub App",
    },
  ];
}
