import { createSign, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { issue } from "../support/certificates.ts";

/** Who gives jobs of workflows their tokens, as GitHub does: an issuer of OpenID Connect on this machine. */
export class Issuer {
  /** What vouches for its address, in PEM. */
  readonly certificateAuthority: string;
  readonly #server: Server;
  readonly #keys = generateKeyPairSync("rsa", { modulusLength: 2048 });

  private constructor(server: Server, certificateAuthority: string) {
    this.#server = server;
    this.certificateAuthority = certificateAuthority;
  }

  static async start(): Promise<Issuer> {
    const { cert, key } = await issue({ hosts: ["localhost"], isCa: true });
    const issuer = new Issuer(createServer({ cert, key }), cert);
    const jwk = issuer.#keys.publicKey.export({ format: "jwk" });
    const answers: Readonly<Record<string, () => object>> = {
      "/.well-known/openid-configuration": () => ({
        issuer: issuer.url,
        jwks_uri: `${issuer.url}/keys`,
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
      }),
      "/keys": () => ({ keys: [{ ...jwk, kid: KEY, alg: "RS256", use: "sig" }] }),
    };
    issuer.#server.on("request", ({ url = "" }, response) => {
      const answer = answers[url]?.();
      response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? {}));
    });
    issuer.#server.listen(0, "127.0.0.1");
    await once(issuer.#server, "listening");
    return issuer;
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A token with a subject and an audience, valid for as long as one of GitHub's. */
  token(sub: string, aud: string): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.url, sub, aud, iat: now, nbf: now, exp: now + 300 };
    const signed = [{ alg: "RS256", typ: "JWT", kid: KEY }, claims].map(encoded).join(".");
    const signature = createSign("RSA-SHA256").update(signed).sign(this.#keys.privateKey, "base64url");
    return `${signed}.${signature}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const KEY = "one";

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
