import type { Refusal } from "../../schema/refuse.ts";
import { FORGES } from "./forges.ts";

/** The words that start commands for Packit, and those for Fedora CI, which Packit itself listens to. */
export const USED_PREFIXES = ["/packit", "/packit-stg", "/packit-ci", "/packit-ci-stg"];

/** Where dist-git is, unless a stack file says otherwise. */
export const DIST_GIT = "https://src.fedoraproject.org/";

/** A stack's values with what its role has instead of a default: Fedora CI serves the forge of dist-git alone. */
export function withRoleDefaults(
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { role, forges = {}, distGit } = values;
  if (role !== "fedora-ci" || typeof forges !== "object" || Array.isArray(forges)) return values;
  const { url = DIST_GIT } = (distGit ?? {}) as { url?: unknown };
  const others = Object.keys(FORGES).filter((host) => host !== hostOf(String(url)));
  const left = Object.fromEntries(others.map((host) => [host, { enabled: false }]));
  return { ...values, forges: { ...left, ...forges } };
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

interface Roles {
  readonly role: "packit" | "fedora-ci";
  readonly deployment: string;
  readonly packitConfig: { readonly comment_command_prefix?: string | undefined };
  readonly forges: Readonly<Record<string, unknown>>;
  readonly distGit: { readonly url: string };
  readonly withSandbox: boolean;
}

/** Fedora CI leaves to Packit what is Packit's. */
export function roleRefusals({ role, deployment, packitConfig, ...settings }: Roles): Refusal[] {
  if (role === "packit") return [];
  const prefix = packitConfig.comment_command_prefix;
  const isStage = deployment === "stg";
  const reads = ["role", "deployment"];
  const { forges, distGit, withSandbox } = settings;
  const foreign = Object.keys(forges).filter((host) => host !== hostOf(distGit.url));
  return [
    // Packit derives from its end whether /packit-ci or /packit-ci-stg is listened to.
    prefix === undefined || USED_PREFIXES.includes(prefix) || prefix.endsWith("-stg") !== isStage
      ? {
          path: ["packitConfig", "comment_command_prefix"],
          value: prefix ?? "nothing",
          allowed: `a word that nobody uses, ${isStage ? "with" : "without"} -stg at its end: ordinary commands are Packit's`,
          remedy: `for example /packit-fedora-ci${isStage ? "-stg" : ""}`,
          reads,
        }
      : [],
    ...foreign.map((host) => ({
      path: ["forges", host],
      value: host,
      allowed: "dist-git's forge alone with the role fedora-ci",
      remedy: "remove it, or set its enabled to false",
      reads,
    })),
    withSandbox
      ? {
          path: ["withSandbox"],
          value: "true",
          allowed: "false with the role fedora-ci, which runs no command of users",
          remedy: "set it to false",
          reads,
        }
      : [],
  ].flat();
}
