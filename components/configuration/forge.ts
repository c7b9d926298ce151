import { z } from "zod";
import type { Refusal } from "../../schema/refuse.ts";
import { baseUrl, flag } from "../../schema/values.ts";

/** The kinds of forges that ogr, Packit's library, can be told of. It knows GitHub by its one host alone. */
const type = z.enum(["gitlab", "pagure", "forgejo"]);

/** A forge that is served. */
export const forge = z.strictObject({
  instanceUrl: baseUrl.describe("Where the forge is."),
  type: type.optional().describe("The kind of forge, for a host that does not tell."),
  githubApp: flag.default(false).describe("Whether the GitHub App is used, and no token."),
  enabled: flag.default(true).describe("Whether it is served; false leaves one of the default out."),
});

/** The parts of hosts that tell ogr what a forge is, in the order in which it looks for them (ogr/services/*.py). */
const TELLING: readonly (readonly [kind: z.output<typeof type> | "github", parts: readonly string[]])[] = [
  ["forgejo", ["forgejo", "codeberg.org"]],
  ["github", ["github.com"]],
  [
    "gitlab",
    [
      "gitlab",
      "salsa.debian.org",
      "git.fosscommunity.in",
      "framagit.org",
      "dev.gajim.org",
      "git.coop",
      "lab.libreho.st",
      "git.linux-kernel.at",
      "git.pleroma.social",
      "git.silence.dev",
      "code.videolan.org",
      "source.puri.sm",
    ],
  ],
  [
    "pagure",
    [
      "pagure",
      "src.fedoraproject.org",
      "src.stg.fedoraproject.org",
      "pkgs.fedoraproject.org",
      "pkgs.stg.fedoraproject.org",
      "git.centos.org",
      "git.stg.centos.org",
    ],
  ],
];

function toldBy(host: string): string | undefined {
  return TELLING.find(([, parts]) => parts.some((part) => host.includes(part)))?.[0];
}

interface Forges {
  readonly forges: Readonly<Record<string, { readonly type?: z.output<typeof type> | undefined }>>;
}

/** Every pod of Packit dies at start where a forge is none that ogr knows; what the host tells, no type changes. */
export function forgeRefusals({ forges }: Forges): Refusal[] {
  return Object.entries(forges).flatMap(([host, { type: given }]) => {
    const told = toldBy(host);
    const path = ["forges", host, "type"];
    if (told === undefined && given === undefined)
      return [
        {
          path,
          value: "nothing",
          allowed: `${type.options.join(", ")}: the host does not tell Packit which it is`,
          remedy: `add it: pulumi config set --path 'packit:forges["${host}"].type' ${type.options[0]}`,
        },
      ];
    if (told === undefined || given === undefined || told === given) return [];
    const allowed = `nothing, or what Packit takes the host for: ${told}`;
    return [{ path, value: given, allowed, remedy: `leave it out: ${host} is served as ${told}` }];
  });
}
