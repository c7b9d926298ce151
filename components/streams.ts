import { type ImageSpec, ownReference, type Stream } from "./images.ts";
import type { SchemaOutput } from "./schema.ts";
import { partsOf } from "./totals.ts";

/** The images that a stack imports, those of Packit's own first. */
export function streamsOf(settings: SchemaOutput): readonly Stream[] {
  const all = partsOf(settings).flatMap(
    ({ images = {}, streams }) =>
      streams?.(settings) ?? Object.entries(images).flatMap(([key, spec]) => streamOf(settings, key, spec)),
  );
  return [...all.filter(({ isOwn }) => isOwn), ...all.filter(({ isOwn }) => !isOwn)];
}

function streamOf(settings: SchemaOutput, key: string, { stream, repository }: ImageSpec): Stream[] {
  if (stream === undefined) return [];
  const images: Readonly<Record<string, unknown>> = settings.images;
  const given = images[key] === undefined ? undefined : String(images[key]);
  if (repository !== undefined)
    return [
      { name: stream, reference: ownReference(settings.deployment, given, { repository }), isOwn: true },
    ];
  return given === undefined ? [] : [{ name: stream, reference: given, isOwn: false }];
}
