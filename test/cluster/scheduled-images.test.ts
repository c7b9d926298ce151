import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { find } from "../support/stacks.ts";
import { TestStack } from "./stack.ts";

describe("the CronJob that imports at set times", () => {
  const stack = new TestStack("scheduled-images");
  const cronJob = async (imageImport: object) =>
    find(await stack.objects({ imagePolicy: "schedule", imageImport }), "CronJob", "image-import");

  beforeAll(() =>
    stack.client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: stack.namespace } }),
  );
  afterAll(() => stack.down());

  it.each([
    ["Sundays at two, as prod", {}, "0 2 * * 0", "Etc/UTC"],
    ["every hour, as stage", { schedule: "0 * * * *" }, "0 * * * *", "Etc/UTC"],
    ["Sundays at two in Brno", { timeZone: "Europe/Prague" }, "0 2 * * 0", "Europe/Prague"],
  ])("runs on %s, as the API server takes it", async (_, changes, schedule, timeZone) => {
    const object = await cronJob(changes);
    expect(object.spec).toMatchObject({ schedule, timeZone });
    await stack.client.tryCreate(object);
  });

  it.each([
    [{ schedule: "0 25 * * 0" }, "spec.schedule"],
    [{ timeZone: "Europe/Brno" }, "spec.timeZone"],
  ])("would be refused by the API server with %j, were it not by the settings", async (wrong, field) => {
    await expect(cronJob(wrong)).rejects.toThrow(/imageImport/);
    const object = await cronJob({});
    await expect(stack.client.tryCreate({ ...object, spec: { ...object.spec, ...wrong } })).rejects.toThrow(
      field,
    );
  });
});
