import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { namespacesOf } from "../../../components/stack/namespaces.ts";
import type { Anything } from "../../support/anything.ts";
import { find, objectsOf, settingsOf, templates } from "../../support/stacks.ts";

const WITHOUT = { withSandbox: false, repositoryCache: { enabled: false } };

describe("a stack without a sandbox", () => {
  it("has one namespace, and nothing that is for another", async () => {
    const objects = await objectsOf("prod", WITHOUT);
    const namespaces = objects
      .map(({ metadata }) => metadata.namespace)
      .filter((name) => name?.includes("sandbox"));
    expect(namespaces).toEqual([]);
    expect(objects.filter(({ kind }) => ["TenantNamespace", "Role"].includes(kind))).toEqual([]);
    expect(namespacesOf(settingsOf("prod", WITHOUT))).toEqual(["packit--prod"]);
  });

  it("gives no pod a token, as none makes pods", async () => {
    for (const [name, { spec }] of templates(await objectsOf("prod", WITHOUT)))
      expect(spec.automountServiceAccountToken, name).toBe(false);
  });

  it("tells Packit to run its own commands in the worker", async () => {
    const { data } = find(await objectsOf("prod", WITHOUT), "Secret", "packit-config") as Anything;
    const config = parse(Buffer.from(data["packit-service.yaml"], "base64").toString());
    const keys = Object.keys(config).filter((key) => key.startsWith("command_handler"));
    expect(keys).toEqual(["command_handler", "command_handler_work_dir"]);
    expect(config.command_handler).toBe("local");
  });
});
