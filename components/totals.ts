import { type Amounts, NOTHING, podAmounts, sum } from "../kubernetes/amounts.ts";
import type { Claim, Workload } from "../kubernetes/workload.ts";
import { inBytes } from "../schema/values.ts";
import { DECLARED, type SchemaOutput } from "./schema.ts";
import type { Component } from "./workload.ts";

/** A component, and the part that it belongs to. */
export interface DeclaredComponent extends Component {
  readonly part: string;
}

/** Every component that the settings declare in the instance's own namespace. */
export function componentsOf(settings: SchemaOutput): readonly DeclaredComponent[] {
  return partsOf(settings).flatMap(({ name, components }) =>
    (components?.(settings) ?? []).map((one) => ({ ...one, part: name })),
  );
}

/** The parts that a stack has. */
export function partsOf(settings: SchemaOutput) {
  return DECLARED.filter(({ isOn }) => isOn(settings));
}

/** Every volume that the settings declare in the instance's own namespace. */
export function claimsOf(settings: SchemaOutput): readonly Claim[] {
  return partsOf(settings).flatMap(({ claims }) => claims?.(settings) ?? []);
}

/** Every volume that the settings declare in the sandbox's namespace. */
export function sandboxClaimsOf(settings: SchemaOutput): readonly Claim[] {
  return partsOf(settings).flatMap(({ inSandbox }) => inSandbox?.(settings).claims ?? []);
}

/** What the instance's namespace holds: all the time, or at most, while everything is rolled and every job runs. */
export function totals(settings: SchemaOutput, when: "steady" | "peak"): Amounts {
  return held(componentsOf(settings), claimsOf(settings), when);
}

/** Every component that the settings declare in the sandbox's namespace. */
export function sandboxComponents(settings: SchemaOutput): readonly Component[] {
  return partsOf(settings).flatMap(({ inSandbox }) => inSandbox?.(settings).components ?? []);
}

/** What the sandbox's namespace holds at most, while as many sandboxes run as may. */
export function sandboxTotals(settings: SchemaOutput): Amounts {
  return held(sandboxComponents(settings), sandboxClaimsOf(settings), "peak");
}

function held(workloads: readonly Workload[], claims: readonly Claim[], when: "steady" | "peak"): Amounts {
  const pods = workloads.flatMap((one) => {
    const count = one.pods + (when === "peak" ? one.surge : 0);
    return Array.from({ length: count }, () => podAmounts(one));
  });
  const storage = claims.reduce((total, { size }) => total + inBytes(size), 0);
  return sum([...pods, { ...NOTHING, storage }]);
}
