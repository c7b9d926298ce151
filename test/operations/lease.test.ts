import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { details } from "../../operations/test-instances/details.ts";
import { LEASES, leaseOf, readLease } from "../../operations/test-instances/lease.ts";
import { list, shown } from "../../operations/test-instances/view.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { POOL } from "../support/pool.ts";
import { tenancy } from "../support/tenancy.ts";

const CONTENT = "packit.dev/tenancy";
const GOOD = { ...tenancy("good"), references: ["ogr=1"], commits: { ogr: "0".repeat(40) }, identity: "one" };
const HEALTH = { healthz: "it answers", system: undefined, isIll: false };

describe("a lease", () => {
  it("says of a tenancy what was written, and what a later version adds", () => {
    const lease = leaseOf("pool", 1, { ...GOOD, ...{ later: 1 } }, { now: new Date(), ttlSeconds: 60 });
    expect(readLease(lease)).toMatchObject({ ...GOOD, later: 1, slot: 1 });
  });

  it("of whatever content is an instance that is shown, keeps its slot and ends", () => {
    const written = JSON.parse(
      annotations(leaseOf("pool", 1, GOOD, { now: new Date(), ttlSeconds: 60 }))[CONTENT] ?? "",
    );
    const cut = fc.nat({ max: 400 }).map((end) => JSON.stringify(written).slice(0, end));
    const changed = fc
      .tuple(fc.constantFrom(...Object.keys(written)), fc.jsonValue())
      .map(([key, value]) => JSON.stringify({ ...written, [key]: value }));
    const content = fc.option(
      fc.oneof(fc.constant(JSON.stringify(written)), cut, changed, fc.json(), fc.string()),
      { nil: undefined },
    );
    const holder = fc.oneof(
      fc.constantFrom("good", "kube-system", "../..", "-x", "Ä"),
      fc.string({ minLength: 1 }),
    );
    const time = fc.constantFrom(undefined, "soon", "2026-11-20T10:00:00.000000Z", 5);
    fc.assert(
      fc.property(content, holder, time, time, (text, holderIdentity, acquireTime, renewTime) => {
        const metadata = { name: "slot-2", ...(text !== undefined && { annotations: { [CONTENT]: text } }) };
        const spec = { holderIdentity, acquireTime, renewTime };
        const held = readLease({ ...LEASES, metadata, spec });
        if (held === undefined) throw new Error("its slot is taken for a free one");
        expect(held.slot).toBe(2);
        // By no other name than the lease's own can it reach namespaces.
        const isName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(holderIdentity);
        expect(held.name).toBe(isName ? holderIdentity : "slot-2");
        expect(JSON.parse(JSON.stringify(shown(held, POOL)))).toHaveProperty(
          "expires",
          expect.stringMatching(/Z$/),
        );
        expect(list({ held: [held], waiting: [], kept: [], now: new Date() }, POOL)).toContain(held.name);
        expect(
          details({ held, pool: POOL, health: HEALTH, now: new Date(), isKept: true, oc: "oc" }),
        ).toContain(held.name);
      }),
    );
  });

  it.each<[string, KubernetesObject]>([
    ["without a holder", { ...LEASES, metadata: { name: "slot-1" }, spec: {} }],
    ["without anything", { ...LEASES, metadata: { name: "slot-1" } }],
    ["of somebody else", { ...LEASES, metadata: { name: "mine" }, spec: { holderIdentity: "me" } }],
  ])("%s holds no slot", (_, lease) => {
    expect(readLease(lease)).toBeUndefined();
  });
});

function annotations({ metadata }: KubernetesObject): Readonly<Record<string, string>> {
  return metadata.annotations ?? {};
}
