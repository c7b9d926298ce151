import { describe, expect, it } from "vitest";
import { network } from "../../../components/network/cidr.ts";

describe("a network", () => {
  it.each([
    "10.20.0.0/16",
    "192.168.1.7/32",
    "172.16.0.0/12",
    "fd12::/16",
    "fd12::1/128",
  ])("is %s", (text) => {
    expect(network.safeParse(text).success).toBe(true);
  });

  it.each([
    ...["10.20.0.0", "10.20.0.1/16", "10.20.0.0/33", "010.0.0.0/8", "10.0.0.0/8 ", "a/8", "", "10.0.0/8"],
    // Each holds an address at which a cloud hands out the credentials of its nodes.
    ...["0.0.0.0/0", "169.254.0.0/16", "169.254.169.254/32", "128.0.0.0/1", "::/0", "fc00::/7", "fd00::/16"],
  ])("is not %j", (text) => {
    expect(network.safeParse(text).success).toBe(false);
  });
});
