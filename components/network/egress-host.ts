/** A host outside the cluster that the service reaches. */
export interface EgressHost {
  readonly host: string;
  readonly ports: readonly number[];
  readonly why: string;
}

/** The host of an address, by the address's port. */
export function ofUrl(url: string, why: string): EgressHost {
  return { host: new URL(url).hostname, ports: [portOf(url)], why };
}

/** The port of an address, be it that of its scheme. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
}
