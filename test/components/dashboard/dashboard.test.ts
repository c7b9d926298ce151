import { describe, expect, it } from "vitest";
import type { Anything } from "../../support/anything.ts";
import { type Changes, find, objectsOf } from "../../support/stacks.ts";

const TWICE = { contexts: ["a", "b"].map((name) => ({ name, apiUrl: "https://prod.packit.dev/api" })) };
const ELSEWHERE = { contexts: [{ name: "Mine", apiUrl: "https://api.example.com/api" }] };

describe("the dashboard", () => {
  it.each([
    ["prod", "prod"],
    ["stage", "stg"],
    ["fedora-ci", "fedora-ci"],
    ["fedora-ci-stage", "stg.fedora-ci"],
  ])("of %s is told the word from which its image derives the host", async (stack, word) => {
    const [{ env }] = (await pod(stack)).containers;
    expect(env).toContainEqual({ name: "DEPLOYMENT", value: word });
  });

  it.each(["prod", "stage"])("of %s stays as it was built", async (stack) => {
    expect(await pod(stack)).not.toHaveProperty("initContainers");
  });

  it("of another instance is pointed at that instance's API", async () => {
    const { initContainers, containers } = await pod("stage", { hosts: { service: "my.packit.dev" } });
    const [{ env, volumeMounts }] = initContainers;
    expect(JSON.parse(env[0].value)).toEqual([{ name: "Packit", apiUrl: "https://my.packit.dev/api" }]);
    const [{ name }] = volumeMounts;
    expect(containers[0].volumeMounts).toContainEqual({
      name,
      mountPath: "/src/frontend/dist",
      readOnly: true,
    });
  });

  it("answers for a host that its image does not derive", async () => {
    const hosts = { dashboard: "dashboard.apps.example.com" };
    const [{ command, env }] = (await pod("stage", { hosts })).containers;
    expect(command).toEqual(expect.arrayContaining(["--server-name", "dashboard.apps.example.com"]));
    expect(env.map(({ name }: Anything) => name)).not.toContain("DEPLOYMENT");
    expect((await pod("stage")).containers[0]).not.toHaveProperty("command");
  });

  it.each<[string, Changes, string, readonly string[]]>([
    ["stage", {}, "", []],
    ["prod", {}, "", []],
    ["fedora-ci", {}, "dashboard.fedora-ci.packit.dev", ["prod.fedora-ci.packit.dev", "prod.packit.dev"]],
    [
      "fedora-ci-stage",
      {},
      "dashboard.stg.fedora-ci.packit.dev",
      ["stg.fedora-ci.packit.dev", "stg.packit.dev"],
    ],
    ["stage", hosts("my.packit.dev", "dashboard.my.packit.dev"), "", []],
    ["stage", hosts("api.packit.dev", "dashboard.packit.dev"), "dashboard.packit.dev", ["api.packit.dev"]],
    ["stage", hosts("api.packit.dev", "dashboard.localhost"), "dashboard.localhost", ["api.packit.dev"]],
    ["stage", hosts("api.packit.dev", "ui.packit.dev"), "ui.packit.dev", ["api.packit.dev"]],
    [
      "stage",
      { ...hosts("s.example.com", "d.example.com"), tls: "reencrypt" },
      "d.example.com",
      ["s.example.com"],
    ],
    [
      "stage",
      { ...hosts("stg.packit.dev", "dashboard.stg.packit.dev"), dashboard: TWICE },
      "dashboard.stg.packit.dev",
      ["prod.packit.dev"],
    ],
  ])("of %s %j knows every API's host whose requests browsers send to it", async (stack, changes, name, aliases) => {
    const [{ command = [] }] = (await pod(stack, changes)).containers;
    const given = (option: string) => command.filter((_: string, i: number) => command[i - 1] === option);
    expect([given("--server-name"), given("--server-alias")]).toEqual([name ? [name] : [], aliases]);
  });

  it("offers all instances that are listed", async () => {
    const [{ env }] = (await pod("fedora-ci")).initContainers;
    expect(JSON.parse(env[0].value)).toEqual([
      { name: "Fedora CI", apiUrl: "https://prod.fedora-ci.packit.dev/api" },
      { name: "Packit", apiUrl: "https://prod.packit.dev/api" },
    ]);
  });

  it("may call an API elsewhere where the route can say so", async () => {
    const { spec } = await route({ tls: "reencrypt", dashboard: ELSEWHERE });
    const [{ name, action }] = spec.httpHeaders.actions.response;
    expect([name, action.type]).toEqual(["Content-Security-Policy", "Set"]);
    expect(action.set.value).toContain("connect-src 'self' *.packit.dev https://api.example.com");
    expect((await route({ tls: "reencrypt" })).spec).not.toHaveProperty("httpHeaders");
  });
});

function hosts(service: string, dashboard: string): Changes {
  return { hosts: { service, dashboard } };
}

async function pod(stack: string, changes: Changes = {}): Promise<Anything> {
  return find(await objectsOf(stack, changes), "Deployment", "packit-dashboard").spec.template.spec;
}

async function route(changes: Changes): Promise<Anything> {
  return find(await objectsOf("stage", changes), "Route", "packit-dashboard");
}
