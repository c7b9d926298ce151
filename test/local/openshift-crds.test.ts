import { describe, expect, it } from "vitest";
import { structural } from "../../local/openshift-crds.ts";

describe("a schema for a CustomResourceDefinition", () => {
  const definitions = {
    "a.Spec": {
      type: "object",
      required: ["size"],
      properties: { size: { $ref: "#/definitions/x.Quantity" } },
    },
    "x.Quantity": { type: "string" },
    "x.ObjectMeta": { type: "object", properties: { name: { type: "string" } } },
    "x.RawExtension": { type: "object" },
  };

  it("has each reference replaced by what it refers to", () => {
    const list = { type: "array", items: { $ref: "#/definitions/a.Spec" } };
    const spec = { type: "object", properties: { size: { "x-kubernetes-int-or-string": true } } };
    expect(structural(list, definitions)).toEqual({ type: "array", items: spec });
  });

  it.each(["x.ObjectMeta", "x.RawExtension"])("keeps unknown fields of %s", (name) => {
    const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    expect(structural({ $ref: `#/definitions/${name}` }, definitions)).toEqual(open);
  });

  it("is not made from a reference to nothing", () => {
    expect(() => structural({ $ref: "#/definitions/none" }, definitions)).toThrow("no definition none");
  });
});
