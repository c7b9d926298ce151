import { z } from "zod";
import { addedTo } from "../../schema/added.ts";
import { baseUrl, flag, folderUrl, line } from "../../schema/values.ts";

const like = (example: string) => line.meta({ example });
const projects = z.array(like("github.com/packit/packit"));
const path = line.meta({ allowed: "one line of text", example: ".packit.yaml" });

const MACROS = { fedora: 0 };

const macro = z
  .union([z.int(), z.literal(false), line])
  .meta({ allowed: "a whole number, a line of text, or false", example: 0 });

const projectToSync = z.strictObject({
  forge: like("github.com").describe("The upstream's forge."),
  repo_namespace: like("packit").describe("The upstream's namespace."),
  repo_name: like("packit").describe("The upstream's repository."),
  branch: like("main").describe("The upstream's branch."),
  dg_repo_name: like("packit").describe("The package's name in dist-git."),
  dg_branch: like("rawhide").describe("The package's branch in dist-git."),
});

/**
 * The keys of packit-service.yaml that a stack file may set, by the names that Packit gives them. Packit refuses a
 * key that it does not know and dies at start, so the list is closed. Keys that follow from other settings (hosts,
 * identity, sandbox, cache, credentials, Fedora CI) are not here: they are written by components/configuration/packit-service-yaml.ts.
 */
export const packitConfig = z.strictObject({
  debug: flag.default(true).describe("Log at debug level."),
  validate_webhooks: flag.default(true).describe("Refuse webhooks without a valid signature."),
  testing_farm_api_url: folderUrl
    .default("https://api.testing-farm.io/v0.1/")
    .describe("Where Testing Farm takes requests."),
  rate_limit_threshold: z
    .int()
    .min(0)
    .meta({ allowed: "a whole number, 0 or more" })
    .default(200)
    .describe("Forge API calls left below which tasks move to the rate-limited queue; 0 switches that off."),
  default_parse_time_macros: addedTo(MACROS, z.record(line, macro))
    .transform((all) =>
      Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) => (value === false ? [] : [[name, value]])),
      ),
    )
    .prefault({})
    .meta({ addedTo: MACROS })
    .describe("Macros that specfile sets when it parses a spec file; false leaves one of the default out."),
  comment_command_prefix: z
    .string()
    .regex(/^\/[a-z0-9-]+$/)
    .meta({ allowed: "a slash, then lower-case letters, digits and dashes", example: "/packit-stg" })
    .optional()
    .describe("The word that starts a command in a comment; Packit's own default is /packit."),
  kerberos_realm: like("FEDORAPROJECT.ORG").optional().describe("Packit's own default is FEDORAPROJECT.ORG."),
  admins: z.array(like("octocat")).optional().describe("GitHub users who need no approval."),
  enabled_projects_for_internal_tf: projects
    .optional()
    .describe("Projects that may use the internal Testing Farm."),
  enabled_private_namespaces: z
    .array(like("gitlab.com/redhat"))
    .optional()
    .describe("Private namespaces that are served."),
  enabled_projects_for_srpm_in_copr: projects.optional().describe("Projects whose SRPMs are built in Copr."),
  projects_to_sync: z
    .array(projectToSync)
    .optional()
    .describe("Spec files synced from dist-git to upstream."),
  gitlab_mr_targets_handled: z
    .array(
      z.strictObject({
        repo: like("redhat/.+").optional().describe("The repository."),
        branch: like("c9s").optional().describe("The branch."),
      }),
    )
    .optional()
    .describe("Regular expressions of the merge request targets that are handled."),
  package_config_path_override: path.optional().describe("Where every package's configuration is read from."),
  upstream_git_remote: like("origin").optional().describe("The name of the upstream's git remote."),
  package_config_path: path.optional().describe("Where a package's configuration is looked for."),
  pkg_tool: like("fedpkg").optional().describe("Packit's own default is fedpkg."),
  koji_build_command: like("koji build").optional().describe("Packit's own default is koji build."),
  koji_logs_url: baseUrl.optional().describe("Where links to Koji's logs lead."),
  koji_web_url: baseUrl.optional().describe("Where links to Koji's pages lead."),
  logdetective_enabled: flag.optional().describe("Ask Log Detective about failed builds."),
  logdetective_url: baseUrl.optional().describe("Where Log Detective answers."),
});

export type PackitConfig = Readonly<z.output<typeof packitConfig>>;
