/** How Pulumi hands over a day that is not quoted in a stack file, and how one in Pulumi.yaml. */
export const DAY_OF_ENGINE = /^(\d{4}-\d{2}-\d{2})( 00:00:00 \+0000 UTC|T00:00:00Z)$/;

/**
 * The value of a setting that Pulumi's engine hands over: a map or a list as JSON, all else as bare text, and each day
 * with a time that nobody wrote.
 */
export function handedOver(text: string): unknown {
  return withoutTimes(parse(text));
}

function parse(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function withoutTimes(value: unknown): unknown {
  if (typeof value === "string") return DAY_OF_ENGINE.exec(value)?.[1] ?? value;
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutTimes(item)]));
}
