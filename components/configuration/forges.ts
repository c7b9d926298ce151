import { z } from "zod";
import { addedTo } from "../../schema/added.ts";
import { hostName } from "../../schema/values.ts";
import { forge } from "./forge.ts";

/** The forges that are served unless a stack file says otherwise. */
export const FORGES = {
  "github.com": { instanceUrl: "https://github.com", githubApp: true },
  "gitlab.com": { instanceUrl: "https://gitlab.com" },
  "src.fedoraproject.org": { instanceUrl: "https://src.fedoraproject.org" },
} as const;

export const forges = addedTo(FORGES, z.record(hostName, forge))
  .transform((all) => {
    const served = Object.entries(all).filter(([, { enabled }]) => enabled);
    return Object.fromEntries(served.map(([host, { enabled: _, ...one }]) => [host, one]));
  })
  .prefault({})
  .meta({ addedTo: FORGES })
  .describe("The forges that are served. Each needs a token, or the GitHub App, among the secrets.");
