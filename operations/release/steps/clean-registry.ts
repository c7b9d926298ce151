import type { Tag } from "../../../registry/quay.ts";
import { inSeconds } from "../../../schema/duration.ts";
import type { ReleaseContext } from "../context.ts";
import { familyOf, imageKeys, repositoryOf } from "../images.ts";
import { oldTags } from "../old-tags.ts";
import type { Step } from "../step.ts";

export const cleanRegistry: Step = {
  name: "clean-registry",
  title: "remove old tags from the registry",
  isAlone: true,
  tokens: (context) => (notDue(context) === undefined ? ["QUAY_TOKEN"] : []),
  look: async (context) => notDue(context),
  async run(context) {
    const { ask, say, settings } = context;
    const needed = await neededDigests(context);
    const found = await Promise.all(
      [...new Set(imageKeys(context).map(repositoryOf))].map(async (image) => ({
        image,
        tags: await oldOf(context, image, needed),
      })),
    );
    const all = found.flatMap(({ image, tags }) => tags.map((tag) => ({ image, tag })));
    const lines = all.map(
      ({ image, tag }) => `  ${image}:${tag.name}, of ${new Date(tag.since).toISOString().slice(0, 10)}`,
    );
    for (const line of lines) say(line);
    if (all.length === 0) return "nothing is old";
    const question = `Remove these ${all.length} tags from ${settings.registry.url}?`;
    await ask.agree("clean-registry", question, lines);
    for (const { image, tag } of all) await remove(context, image, tag);
    return `${all.length} tags`;
  },
};

/** Why it is not time yet. */
function notDue({ lastCleaned, settings, pace }: ReleaseContext): string | undefined {
  if (lastCleaned === undefined) return undefined;
  const since = pace.now().getTime() - lastCleaned.getTime();
  const isDue = since >= inSeconds(settings.registry.cleanEvery) * 1000;
  return isDue ? undefined : `last done on ${lastCleaned.toISOString().slice(0, 10)}`;
}

/** What any stack runs or names, and what any release can go back to. Where one cannot be asked, nothing is removed. */
async function neededDigests(context: ReleaseContext): Promise<Set<string>> {
  const { services, journal, rollbackDigests } = context;
  return new Set([...(await services.used()), ...journal.digests, ...rollbackDigests]);
}

async function oldOf(context: ReleaseContext, image: string, needed: ReadonlySet<string>): Promise<Tag[]> {
  const { settings, services, pace } = context;
  const { keep, keepFor } = settings.registry;
  const youngest = pace.now().getTime() - inSeconds(keepFor) * 1000;
  const tags = await services.registry.tags(image);
  const old = oldTags({ tags, needed, keep, youngest });
  // Nodes report the image of their architecture, which the tag's list holds.
  const families = await Promise.all(old.map(({ digest }) => familyOf(context, image, digest)));
  return old.filter((_, i) => !families[i]?.some((digest) => needed.has(digest)));
}

async function remove(context: ReleaseContext, image: string, { name, digest }: Tag): Promise<void> {
  const { registry } = context.services;
  await context.effects.once({
    key: `remove ${image}:${name}`,
    title: `remove ${image}:${name}`,
    record: () => ({ image, tag: name, digest }),
    hasHappened: async () => !(await registry.tags(image, name)).some((tag) => tag.name === name),
    act: () => registry.remove(image, name),
  });
}
