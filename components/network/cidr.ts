import { BlockList, isIPv4 } from "node:net";
import { z } from "zod";

/** Where clouds answer with the credentials of a node, by IPv4 and by IPv6. */
const METADATA = ["169.254.169.254", "169.254.170.2", "fd00:ec2::254"];

/** A network as a NetworkPolicy names it; none in which a cloud keeps the credentials of its nodes. */
export const network = z.union([z.cidrv4(), z.cidrv6()]).refine(isNetwork).meta({
  allowed: "a network such as 10.20.0.0/16, without 169.254.169.254 and the like in it",
  example: "10.20.0.0/16",
});

function isNetwork(cidr: string): boolean {
  const [address = "", length = ""] = cidr.split("/");
  const all = new BlockList();
  all.addSubnet(address, Number(length), familyOf(address));
  if (METADATA.some((one) => all.check(one, familyOf(one)))) return false;
  // The API server takes an address within a network for a mistake.
  return !isIPv4(address) || numberOf(address) % 2 ** (32 - Number(length)) === 0;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv4(address) ? "ipv4" : "ipv6";
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}
