import { BlockList, isIPv4 } from "node:net";

/** The addresses of a NetworkPolicy's ipBlock. */
export interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** Whether an address is one of an ipBlock's, by the rules of Kubernetes. */
export function isIn({ cidr, except = [] }: IpBlock, address: string): boolean {
  return isWithin(cidr, address) && !except.some((one) => isWithin(one, address));
}

function isWithin(cidr: string, address: string): boolean {
  // To BlockList, IPv6 holds all of IPv4.
  const family = familyOf(address);
  return familyOf(cidr.split("/")[0] ?? "") === family && listOf(cidr).check(address, family);
}

const lists = new Map<string, BlockList>();

function listOf(cidr: string): BlockList {
  const known = lists.get(cidr);
  if (known) return known;
  const [network = "", length] = cidr.split("/");
  const made = new BlockList();
  made.addSubnet(network, Number(length), familyOf(network));
  lists.set(cidr, made);
  return made;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv4(address) ? "ipv4" : "ipv6";
}
