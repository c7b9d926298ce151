/** All that is known of the way to an API server, and of who asks it. */
export interface Way {
  /** Its address; one behind a gateway has a path. */
  readonly server: URL;
  /** The proxy in between. @default - none */
  readonly proxy?: URL | undefined;
  readonly tls: Tls;
  readonly user: User;
  /** What to do where it does not answer: the end of the error that says so. */
  readonly remedy?: string | undefined;
}

/** How the connection is secured, in Node's words; certificates and keys are PEM. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Who asks; a client certificate is part of {@link Tls}. */
export interface User {
  readonly name: string;
  readonly token?: string | undefined;
  /** A file with a token, read again for each request: others renew it. */
  readonly tokenFile?: string | undefined;
  readonly login?: { readonly username: string; readonly password: string } | undefined;
  readonly exec?: Exec | undefined;
  /** Of kubectl's former built-in plugins. */
  readonly authProvider?: { readonly name: string } | undefined;
  /** The headers by which a user acts as another one. */
  readonly impersonation?: Readonly<Record<string, string | string[]>>;
}

/** A plugin that gives credentials. */
export interface Exec {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint?: string | undefined;
  /** Whether it may ask the user something, where there is one. */
  readonly mayAsk: boolean;
  /** What it is told of the cluster, if it wants to know. */
  readonly cluster?: object | undefined;
}
