import { stringify } from "yaml";

/**
 * A file for Pulumi's engine: every text is in quotes, as the engine takes some for numbers or days, and no character is
 * as it is that it takes for a line break or a control character.
 */
export function yamlForEngine(value: unknown): string {
  const quoted = { defaultStringType: "QUOTE_DOUBLE", doubleQuotedMinMultiLineLength: Infinity } as const;
  const text = stringify(value, { lineWidth: 0, ...quoted });
  return text.replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
