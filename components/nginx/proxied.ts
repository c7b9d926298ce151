/** What the proxy shows of a part. */
export interface Proxied {
  /** The part, and the port of its pods. */
  readonly part: string;
  readonly port: number;
  /** The setting that switches it. */
  readonly setting: string;
  /** Its metrics: the path at the proxy, for reading alone, and where they are. */
  readonly metrics: { readonly path: string; readonly target: string };
  /** Its pages, for those who have its password, at every path that is nothing else's. @default - none */
  readonly pages?: string;
}
