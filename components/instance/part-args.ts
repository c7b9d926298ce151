import type * as pulumi from "@pulumi/pulumi";
import type { PartArgs } from "../part-args.ts";
import type { Settings } from "../settings.ts";
import { claimsOf, componentsOf, sandboxClaimsOf } from "../totals.ts";
import type { Images } from "./images.ts";

/** What the objects of all parts are made from. */
export type InstanceArgs = PartArgs<Settings>;

type Given = Pick<InstanceArgs, "destination" | "sandbox" | "settings" | "configuration" | "protect"> & {
  readonly images: Images;
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;
};

/** What a part's objects are made from: what it takes is found where it was declared. */
export function partArgs({ images, passwords, ...args }: Given): InstanceArgs {
  const workloads = new Map(componentsOf(args.settings).map((one) => [one.component, one]));
  const claims = new Map(claimsOf(args.settings).map((one) => [one.name, one]));
  const sandboxClaims = new Map(sandboxClaimsOf(args.settings).map((one) => [one.name, one]));
  return {
    ...args,
    image: (stream) => images.of(stream),
    imported: images.imported,
    workload: (component) => found(workloads.get(component), `component ${component}`),
    claim: (name) => found(claims.get(name), `volume ${name}`),
    sandboxClaim: (name) => found(sandboxClaims.get(name), `volume ${name} in the sandbox`),
    password: (key) => found(passwords[key], `secret ${key}`),
  };
}

function found<T>(declared: T | undefined, what: string): T {
  if (declared === undefined) throw new Error(`No part of this stack declares the ${what}.`);
  return declared;
}
