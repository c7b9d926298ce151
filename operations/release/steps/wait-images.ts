import type { RepositorySettings } from "../../../components/release/settings.ts";
import type { ReleaseContext } from "../context.ts";
import { type Digests, repositoryOf } from "../images.ts";
import { decidedMoves, movedRepositories, refuseMoved } from "../moves.ts";
import type { Step } from "../step.ts";
import { type Look, waitFor } from "../wait.ts";

export const waitImages: Step = {
  name: "wait-images",
  title: "wait for the images",
  async run(context) {
    const moves = decidedMoves(context);
    if (moves === undefined) return "nothing is moved";
    await refuseMoved(context);
    const built = movedRepositories(context).filter(({ images }) => images.length > 0);
    tellStale(context);
    const digests: Digests = {};
    const look = async (): Promise<Look<true>> => {
      const states: string[] = [];
      for (const one of built) {
        const sha = moves[one.name]?.new ?? "";
        if (one.images.every((key) => key in digests)) continue;
        const found = await lookAt(context, one, sha, digests);
        if ("failed" in found) return found;
        if ("state" in found) states.push(`${one.name} ${found.state}`);
      }
      return states.length === 0 ? { value: true } : { state: states.join("; ") };
    };
    await waitFor(context, { what: "images", look });
    if (!context.isDry) context.journal.append({ type: "fact", key: "images", value: digests });
    return Object.keys(digests).join(", ") || "none is new";
  },
};

/** How far a repository's images are: first the workflow's run, then what has come into the registry of it. */
async function lookAt(
  context: ReleaseContext,
  repository: RepositorySettings,
  sha: string,
  digests: Digests,
): Promise<Look<true>> {
  const { settings, services } = context;
  const { workflow = "", images } = repository;
  const run = await services.history(repository).pushRun(workflow, settings.to, sha);
  if (run === undefined) return { state: `has no run of ${workflow} for ${sha.slice(0, 7)} yet` };
  if (run.status !== "completed") return { state: `is ${run.status.replaceAll("_", " ")}, ${run.url}` };
  if (run.conclusion !== "success")
    return {
      failed: `The images of ${repository.name} were not built (${run.conclusion}): ${run.url}\nRun it again there, then: ${context.command("resume")}`,
    };
  for (const key of images) {
    const digest = await digestOf(context, key, sha);
    if (digest === undefined)
      return {
        state: `is built, and ${repositoryOf(key)}:${settings.registry.tag} is not at ${sha.slice(0, 7)} yet`,
      };
    digests[key] = digest;
  }
  return { value: true };
}

/** The digest of prod's tag if it is of that commit: each build has a tag with its branch and commit, too. */
async function digestOf(context: ReleaseContext, key: string, sha: string): Promise<string | undefined> {
  const { services, settings } = context;
  const image = repositoryOf(key);
  const digest = await services.registry.digest(image, settings.registry.tag);
  const own = await services.registry.tags(image, `${settings.to}-${sha.slice(0, 7)}`);
  return own.some((tag) => tag.digest === digest) ? digest : undefined;
}

/** Images that have the former libraries in them, as nothing else of them has changed. */
function tellStale(context: ReleaseContext): void {
  const moved = movedRepositories(context).map(({ name }) => name);
  for (const { name, after, images, github, workflow } of context.settings.repositories) {
    const libraries = after.filter((one) => moved.includes(one));
    if (images.length > 0 && libraries.length > 0 && !moved.includes(name))
      context.say(
        `  ${name} has not changed, and so its images have the former ${libraries.join(", ")}. To build them anew: gh workflow run ${workflow} --repo ${github} --ref ${context.settings.to}`,
      );
  }
}
