/** Where a registry sends those who want a token, and what they are to say there. */
export interface Challenge {
  readonly realm: URL;
  /** What is asked there: `service`, `scope`. */
  readonly query: Readonly<Record<string, string>>;
}

/** What a WWW-Authenticate header says of tokens; nothing if it asks for something else. */
export function challengeIn(header: string): Challenge | undefined {
  const [, parameters] = /^Bearer\s+(.*)$/is.exec(header) ?? [];
  if (parameters === undefined) return undefined;
  const pairs = [...parameters.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/g)].map(
    ([, key = "", quoted, plain = ""]) => [key.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? plain],
  );
  const { realm, service, scope } = Object.fromEntries(pairs) as Readonly<Record<string, string | undefined>>;
  const url = realm === undefined ? null : URL.parse(realm);
  if (url === null) return undefined;
  return { realm: url, query: { ...(service && { service }), ...(scope && { scope }) } };
}
