import { readFileSync } from "node:fs";
import { EnvironmentError } from "../errors.ts";
import type { runPlugin } from "./exec-plugin.ts";
import type { User } from "./way.ts";

/** What a request carries of who sends it. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** A client certificate and its key that a plugin gave. */
  readonly tls: { readonly cert?: string; readonly key?: string };
}

/** A plugin's credentials are asked for anew this long before they end. */
const MARGIN_MS = 10_000;

/** Who asks an API server, with credentials that are renewed as they end. */
export class Identity {
  readonly #user: User;
  #given: ReturnType<typeof runPlugin> | undefined;

  constructor(user: User) {
    this.#user = user;
  }

  /** What the next request carries; an EnvironmentError, which quotes no credential, where there is none to be had. */
  async credentials(): Promise<Credentials> {
    const { impersonation, name } = this.#user;
    const { token, login, tls = {} } = await this.#proof();
    const headers = {
      ...impersonation,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(login && { authorization: `Basic ${Buffer.from(login).toString("base64")}` }),
    };
    for (const [header, values] of Object.entries(headers)) refuseInvisible(name, header, [values].flat());
    return { headers, tls };
  }

  /** Forgets what the server has refused. Returns whether another try may have something else. */
  renew(): boolean {
    const hadPlugin = this.#given !== undefined;
    this.#given = undefined;
    return hadPlugin || this.#user.tokenFile !== undefined;
  }

  async #proof(): Promise<{ token?: string; login?: string; tls?: Credentials["tls"] }> {
    const { name, token, tokenFile, login, exec, authProvider } = this.#user;
    if (tokenFile !== undefined) return { token: tokenIn(tokenFile) };
    if (token !== undefined) return { token };
    if (login) return { login: `${login.username}:${login.password}` };
    if (exec) {
      if (this.#given && (await this.#given).expires < Date.now() + MARGIN_MS) this.#given = undefined;
      this.#given ??= import("./exec-plugin.ts").then(({ runPlugin }) => runPlugin(exec, name));
      this.#given.catch(() => {
        this.#given = undefined;
      });
      return this.#given;
    }
    return authProvider ? legacyToken(this.#user) : {};
  }
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "?";
    throw new EnvironmentError(
      `The token file ${file} cannot be read (${code}). Check the path and its rights.`,
    );
  }
}

/** A header cannot carry what is no visible character; only where it is can be said of a credential. */
function refuseInvisible(user: string, header: string, values: readonly string[]): void {
  for (const value of values) {
    const at = value.search(/[^\x20-\x7e]|\s$/);
    const what = header === "authorization" ? "token" : header;
    const place = at - (header === "authorization" ? "Bearer ".length : 0) + 1;
    if (at >= 0)
      throw new EnvironmentError(
        `The ${what} of the kubeconfig's user "${user}" has a line end or another character that cannot be sent, at its character ${place} of ${value.length - at + place - 1}. Write it anew, or log in again.`,
      );
  }
}

/** By kubectl's former built-in plugins, as the library still has them. */
async function legacyToken({ name, authProvider }: User): Promise<{ token?: string }> {
  // It takes longer to load than most commands take in all, and hardly anybody needs it.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  const context = { name, cluster: "", user: name };
  config.loadFromOptions({
    clusters: [],
    users: [{ name, authProvider }],
    contexts: [context],
    currentContext: name,
  });
  const options: { headers: Record<string, string> } = { headers: {} };
  try {
    await config.applyToHTTPSOptions(options);
  } catch {
    throw new EnvironmentError(
      `The auth-provider ${authProvider?.name} of the kubeconfig's user "${name}" gives no token. Log in again.`,
    );
  }
  const token = options.headers.Authorization?.replace(/^Bearer /, "");
  return token === undefined ? {} : { token };
}
