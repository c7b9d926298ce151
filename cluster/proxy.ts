import { BlockList, isIP } from "node:net";
import { EnvironmentError } from "../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an address, by the rules of kubectl, which are those of Go's httpproxy:
 * HTTPS_PROXY or HTTP_PROXY, but for this machine itself and what NO_PROXY lists.
 */
export function environmentProxy({ protocol, hostname, port }: URL, env: Environment = process.env) {
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = env[name] || env[name.toLowerCase()];
  if (!value) return undefined;
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const listed = (env.NO_PROXY || env.no_proxy || "").split(",").map((one) => one.trim().toLowerCase());
  const isPast = isLocal(host) || listed.some((one) => matches(one, host, port || DEFAULT_PORTS[protocol]));
  if (isPast) return undefined;
  const url = URL.parse(/^(https?|socks5):\/\//.test(value) ? value : `http://${value}`);
  if (url) return url;
  throw new EnvironmentError(`The environment's ${name} is no address of a proxy. Correct or unset it.`);
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "https:": "443", "http:": "80" };

function isLocal(host: string): boolean {
  return host === "localhost" || inNetwork(host, "127.0.0.0/8") || inNetwork(host, "::1/128");
}

/** Whether an entry of NO_PROXY means a host: all, a network, an address, a domain with all below it, or only those. */
function matches(entry: string, host: string, port: string | undefined): boolean {
  if (entry === "") return false;
  if (entry === "*" || inNetwork(host, entry)) return true;
  const [, name = entry, wanted] = isIP(entry) ? [] : (/^(.+):(\d+)$/.exec(entry) ?? []);
  if (wanted !== undefined && wanted !== port) return false;
  const bare = name.replace(/^\[|\]$/g, "");
  if (isIP(bare)) return inNetwork(host, `${bare}/${isIP(bare) === 6 ? 128 : 32}`);
  const below = bare.replace(/^\*?\./, "");
  return host.endsWith(`.${below}`) || (below === bare && host === bare);
}

function inNetwork(host: string, network: string): boolean {
  const [, address = "", prefix] = /^(.+)\/(\d+)$/.exec(network) ?? [];
  const [family, own] = [isIP(address), isIP(host)];
  if (family === 0 || own !== family) return false;
  const list = new BlockList();
  const type = family === 6 ? "ipv6" : "ipv4";
  if (Number(prefix) > (family === 6 ? 128 : 32)) return false;
  list.addSubnet(address, Number(prefix), type);
  return list.check(host, type);
}
