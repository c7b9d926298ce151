import type { ReleaseSettings } from "../../components/release/settings.ts";
import { UserError } from "../../errors.ts";
import type { ReleaseContext } from "./context.ts";

/** Compares the list of repositories with the monorepo's submodules; a UserError says what only one of them has. */
export async function refuseOtherSubmodules(context: ReleaseContext): Promise<void> {
  const { monorepo } = context.settings;
  const clone = cloneOf(context);
  await clone.fetch(monorepo.branch);
  const text = (await clone.file(monorepo.branch, ".gitmodules")) ?? "";
  const problem = difference(context.settings, text);
  if (problem !== undefined) throw new UserError(problem);
}

/** What differs between the settings and a .gitmodules file, and what to do about it; nothing if nothing does. */
export function difference(
  { repositories, monorepo }: ReleaseSettings,
  gitmodules: string,
): string | undefined {
  const paths = [...gitmodules.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].map(([, path = ""]) => path);
  const known = [...repositories.map(({ name }) => name), ...monorepo.others];
  const unknown = paths.filter((path) => !known.includes(path));
  const missing = repositories.map(({ name }) => name).filter((name) => !paths.includes(name));
  if (unknown.length === 0 && missing.length === 0) return undefined;
  return [
    `The monorepo (${monorepo.remote}) and packit:release.repositories differ.`,
    ...unknown.map(
      (path) => `  ${path}: a submodule that no setting knows; add it, or name it in monorepo.others`,
    ),
    ...missing.map((name) => `  ${name}: no submodule; add it there, or take it out of the settings`),
  ].join("\n");
}

/** Commits the released commits to the monorepo, all at once. */
export async function commitMonorepo(
  context: ReleaseContext,
  key: string,
  wanted: Readonly<Record<string, string>>,
  message: string,
): Promise<void> {
  const { branch } = context.settings.monorepo;
  const clone = cloneOf(context);
  await context.effects.once({
    key,
    title: `commit ${Object.keys(wanted).length} submodules to the monorepo: ${message}`,
    record: async () => {
      await clone.fetch(branch);
      const parent = (await clone.commit(branch)) ?? "";
      return { parent, wanted: { ...wanted } };
    },
    hasHappened: async () => {
      await clone.fetch(branch);
      const found = await clone.submodules(branch);
      return Object.entries(wanted).every(([path, sha]) => found.get(path) === sha);
    },
    act: async ({ parent }) => {
      const sha = await clone.commitSubmodules({ parent, moved: wanted, message, at: context.begun });
      await clone.push({ sha, branch, from: parent });
    },
  });
}

export function cloneOf({ services, settings }: ReleaseContext) {
  return services.clone({ name: "production-monorepo", remote: settings.monorepo.remote });
}
