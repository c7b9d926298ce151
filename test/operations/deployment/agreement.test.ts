import { describe, expect, it } from "vitest";
import { UserError } from "../../../errors.ts";
import { refuseOther } from "../../../operations/deployment/agreement.ts";
import { planFrom } from "../../../operations/deployment/plan.ts";
import { created, previewJson, scaled } from "./previews.ts";

const of = (steps: object[], stack = "stage", commit = "a") => planFrom(stack, commit, previewJson(steps));
const AGREED = of([scaled(1, 2)]);
const ONE = created("kubernetes:core/v1:Service", "one", {});

describe("what was agreed to", () => {
  it("is done if it is the same", () => {
    expect(() => refuseOther(AGREED, of([scaled(1, 2)]))).not.toThrow();
    expect(() => refuseOther(of([]), of([]))).not.toThrow();
  });

  it.each<[string, object[], RegExp]>([
    ["a step more", [scaled(1, 2), ONE], /^ {2}now as well: create kubernetes:core\/v1:Service one$/m],
    ["a step less", [], /^ {2}no longer: update kubernetes:apps\/v1:Deployment service$/m],
    [
      "another value",
      [scaled(1, 5)],
      /otherwise: update kubernetes:apps\/v1:Deployment service\n {4}agreed update spec\.replicas: 1 → 2\n {4}now {4}update spec\.replicas: 1 → 5$/m,
    ],
    [
      "what somebody else did meanwhile",
      [scaled(0, 2)],
      /agreed update spec\.replicas: 1 → 2\n {4}now {4}update spec\.replicas: 0 → 2/,
    ],
    [
      "a value out of sight",
      [scaled(1, 2, { paused: true })],
      /otherwise: .*\n {4}in the values that it begins with/,
    ],
    [
      "another kind of step",
      [{ ...scaled(1, 2), op: "replace" }],
      /no longer: update .*\n {2}now as well: replace/,
    ],
  ])("is not done where there is %s by now, and that is said", (_, steps, message) => {
    expect(() => refuseOther(AGREED, of(steps))).toThrow(UserError);
    expect(() => refuseOther(AGREED, of(steps))).toThrow(message);
  });

  it("is not done where a step is taken twice", () => {
    expect(() => refuseOther(AGREED, of([scaled(1, 2), scaled(1, 2)]))).toThrow("stage has changed since");
  });

  it("is of one stack and one commit", () => {
    expect(() => refuseOther(AGREED, of([scaled(1, 2)], "prod"))).toThrow(
      "The plan is of stage, not of prod.",
    );
    expect(() => refuseOther(AGREED, of([scaled(1, 2)], "stage", "b"))).toThrow("The plan is of commit a;");
  });
});
