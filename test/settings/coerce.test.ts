import { describe, expect, it } from "vitest";
import { schema } from "../../components/schema.ts";
import { coerced } from "../../settings/coerce.ts";
import { settingsOf } from "../support/stacks.ts";

describe("values as Pulumi writes and hands them over", () => {
  it.each([
    ["a switch that `pulumi config set` quoted", { withBeat: "false" }, { withBeat: false }],
    [
      "a number in quotes",
      { workers: { longRunning: { replicas: "3" } } },
      { workers: { longRunning: { replicas: 3 } } },
    ],
    ["a version in quotes", { postgres: { version: "16" } }, { postgres: { version: 16 } }],
    ["a name that looks like a number", { owner: 123 }, { owner: "123" }],
    ["what is right already", { withBeat: true, owner: "Ada" }, { withBeat: true, owner: "Ada" }],
    ["what no schema knows", { nothing: "true" }, { nothing: "true" }],
  ])("have the type of their setting: %s", (_, given, wanted) => {
    expect(coerced(schema, given)).toEqual(wanted);
  });

  it("are settings like any other", () => {
    expect(settingsOf("stage", { withBeat: "false", postgres: { secondVersion: "16" } })).toMatchObject({
      withBeat: false,
      postgres: { secondVersion: 16 },
    });
    expect(() => settingsOf("stage", { withBeat: "no" })).toThrow("true or false");
  });
});
