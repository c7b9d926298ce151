import { z } from "zod";
import type { Refusal } from "../../schema/refuse.ts";
import { flag, line } from "../../schema/values.ts";

const lines = z.array(line.meta({ example: "https://src.fedoraproject.org/rpms/packit" }));

const projects = z.strictObject({
  enabled_projects: lines.optional().describe("Projects that are served."),
  disabled_projects: lines.optional().describe("Projects that are not served."),
  disabled_projects_for_eln: lines.optional().describe("Projects that are not built for ELN."),
  disabled_projects_for_logdetective: lines.optional().describe("Projects whose logs are not analysed."),
});

/** What an instance is for: all that Packit Service does, or Fedora CI alone. */
export const role = z.enum(["packit", "fedora-ci"]);

const environment = z
  .strictObject({
    servedBy: role
      .default("packit")
      .describe("Which of the environment's two instances serves Fedora CI. The other one leaves it alone."),
    runByDefault: flag
      .default(false)
      .describe("Serve all of dist-git but what is disabled; without it, only what is enabled."),
    projects: projects.prefault({}).describe("Which dist-git projects are served or left out."),
  })
  .prefault({});

/** Fedora CI in each environment. Both instances of one read the same value, which stands in Pulumi.yaml. */
export const fedoraCi = z
  .strictObject({
    prod: environment.describe("Fedora CI in prod."),
    stg: environment.describe("Fedora CI in stage."),
    dev: environment.describe("Fedora CI in instances for development."),
  })
  .prefault({});

/** Whether an instance for Fedora CI alone waits for being the one that serves it, and must leave all messages alone. */
export function isDormant({ role, deployment, fedoraCi }: Served): boolean {
  return role === "fedora-ci" && fedoraCi[deployment].servedBy !== role;
}

/** Who has Fedora CI switched over must say for which projects. */
export function servedRefusals({ deployment, fedoraCi }: Served): Refusal[] {
  const { servedBy, runByDefault, projects } = fedoraCi[deployment];
  if (servedBy === "packit" || runByDefault || (projects.enabled_projects ?? []).length > 0) return [];
  return [
    {
      path: ["fedoraCi", deployment, "servedBy"],
      value: servedBy,
      allowed:
        "packit, as long as no project is served: neither runByDefault nor projects.enabled_projects is set",
      remedy: `set fedoraCi.${deployment}.projects.enabled_projects, or runByDefault`,
    },
  ];
}

interface Served {
  readonly role: z.output<typeof role>;
  readonly deployment: "prod" | "stg" | "dev";
  readonly fedoraCi: z.output<typeof fedoraCi>;
}

/** Packit's own keys about Fedora CI. Of an environment's two instances, only the one that serves it names projects. */
export function fedoraCiKeys({ role, deployment, fedoraCi }: Served) {
  const { servedBy, runByDefault, projects } = fedoraCi[deployment];
  if (servedBy !== role) return { fedora_ci_run_by_default: false };
  const named = Object.keys(projects).length > 0;
  return { fedora_ci_run_by_default: runByDefault, ...(named && { fedora_ci: projects }) };
}
