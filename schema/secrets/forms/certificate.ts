import { createPrivateKey, X509Certificate } from "node:crypto";
import { kindOf, pemBlocks } from "./pem.ts";
import type { Fault, Read } from "./read.ts";

/** The purposes of a certificate that let a server show it. */
const FOR_SERVERS = ["1.3.6.1.5.5.7.3.1", "2.5.29.37.0"];

/**
 * A chain as servers show it: the hosts' own certificate, then the one that issued it, and so on.
 * @param hosts Those that it must cover.
 */
export function certificateChain(value: string, hosts: readonly string[]): Read {
  const read = pemBlocks(value);
  if ("fault" in read) return read;
  const other = read.value.find(({ label }) => label !== "CERTIFICATE");
  if (other) return { fault: `${kindOf(other)}, where certificates alone belong` };
  const text = read.value.map((block) => block.text).join("");
  try {
    return chainFault(parsed(text), hosts) ?? { value: text };
  } catch {
    return { fault: "a certificate that OpenSSL cannot read" };
  }
}

/** The time in which every certificate of a chain is valid. */
export function validity(chain: string): { readonly from: Date; readonly until: Date } {
  const all = parsed(chain);
  return {
    from: new Date(Math.max(...all.map(({ validFrom }) => Date.parse(validFrom)))),
    until: new Date(Math.min(...all.map(({ validTo }) => Date.parse(validTo)))),
  };
}

/** Whether a private key is that of a chain's first certificate. */
export function fits(chain: string, key: string): boolean {
  return new X509Certificate(chain).checkPrivateKey(createPrivateKey(key));
}

/** OpenSSL reads only the first of a text. */
function parsed(chain: string): X509Certificate[] {
  return chain.split(/(?=-----BEGIN)/).map((text) => new X509Certificate(text));
}

function chainFault(chain: readonly X509Certificate[], hosts: readonly string[]): Fault | undefined {
  const [leaf, ...issuers] = chain;
  const broken = issuers.findIndex((issuer, i) => !issued(chain[i], issuer));
  if (broken >= 0) {
    const isTurned = issued(issuers[broken], chain[broken]);
    return {
      fault: isTurned
        ? `a certificate before the one that it issued (numbers ${broken + 1} and ${broken + 2})`
        : `a certificate that did not issue the one before it (number ${broken + 2})`,
      remedy: "put the hosts' own first, and after each the one that issued it",
    };
  }
  const purposes: readonly string[] | undefined = leaf?.keyUsage;
  if (purposes && !FOR_SERVERS.some((purpose) => purposes.includes(purpose)))
    return { fault: "a certificate that is not for servers" };
  const missed = hosts.filter((host) => !covers(leaf, host));
  return missed.length === 0
    ? undefined
    : { fault: `a certificate that does not cover ${missed.join(", ")}` };
}

function issued(certificate: X509Certificate | undefined, issuer: X509Certificate | undefined): boolean {
  if (certificate === undefined || issuer === undefined || !issuer.ca) return false;
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** As browsers see it: by the alternative names alone, a wildcard for a whole label. */
function covers(certificate: X509Certificate | undefined, host: string): boolean {
  return certificate?.checkHost(host, { subject: "never", partialWildcards: false }) !== undefined;
}
