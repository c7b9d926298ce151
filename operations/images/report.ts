import Table from "cli-table3";
import { showDuration } from "../../schema/duration.ts";
import type { Import } from "./import.ts";
import { ageOf, type ImageStatus } from "./status.ts";

/** A table of images and who runs which of each, of 80 columns, and below it what is wrong. */
export function imagesTable(all: readonly ImageStatus[], now: Date): string {
  const table = new Table({
    head: ["image", "digest", "since", "is"],
    style: { head: [], border: [], compact: true },
    colWidths: [36, 14, 14, 11],
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  const ago = (since: string | undefined) =>
    since === undefined ? "" : `${showDuration(Math.floor((now.getTime() - Date.parse(since)) / 1000))} ago`;
  for (const { name, present, imported, pods } of all) {
    table.push([name, "problem" in present ? "?" : short(present.digest), "", "registry"]);
    if (imported)
      table.push([
        "  imported",
        short(imported.digest),
        ago(imported.since),
        ageOf(imported.digest, present),
      ]);
    for (const { pod, digest, since, stuck } of pods)
      table.push([
        `  ${pod}`,
        short(digest),
        ago(since),
        stuck === undefined ? ageOf(digest, present) : "stuck",
      ]);
  }
  return [table.toString(), ...problemsOf(all)].join("\n");
}

/** What is wrong with images, and with pods that are to run them, a line each. */
export function problemsOf(all: readonly ImageStatus[]): string[] {
  return all.flatMap(({ name, present, imported, pods }) => [
    ...("problem" in present ? [`${name}: ${present.problem}`] : []),
    ...(imported?.problem ? [`${name} is not imported: ${imported.problem}`] : []),
    ...pods.flatMap(({ pod, stuck }) => (stuck === undefined ? [] : [`${pod} is stuck: ${stuck}`])),
  ]);
}

/** What was, or would be, imported: a line for each image, and one for each workload that is rolled. */
export function importText(all: readonly Import[], { isDry }: { readonly isDry: boolean }): string {
  const verb = isDry ? "would be rolled" : "is rolled";
  return all
    .flatMap(({ name, from, to, rolled }) => [
      `${name}: ${from === undefined || from === to ? short(to) : `${short(from)} -> ${short(to)}`}${rolled.length === 0 ? ", which runs already" : ""}`,
      ...rolled.map((workload) => `  ${workload} ${verb}`),
    ])
    .join("\n");
}

/** As much of a digest as tells it from others. */
function short(digest: string | undefined): string {
  return digest === undefined ? "?" : digest.replace(/^\w+:/, "").slice(0, 12);
}
