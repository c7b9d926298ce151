/** All digests of images that stand anywhere in a text. */
export function digestsIn(text: string): string[] {
  return text.match(/sha256:[0-9a-f]{64}/g) ?? [];
}
