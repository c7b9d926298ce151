import { beforeAll, describe, expect, it } from "vitest";
import { MANAGED } from "../../../components/deployer/rights.ts";
import { OWN_IMAGES } from "../../../components/own-images.ts";
import type { KubernetesObject } from "../../../render/kubernetes-object.ts";
import { references } from "../../../render/references.ts";
import type { Anything } from "../../support/anything.ts";
import { project } from "../../support/cli.ts";
import { IMAGE_BUILDS } from "../../support/image-builds.ts";
import { marked } from "../../support/marks.ts";
import { faults } from "../../support/references.ts";
import { holds, rightsIn, rightsOf } from "../../support/rights.ts";
import { find, objectsOf, settingsOf } from "../../support/stacks.ts";

const BUILDS = IMAGE_BUILDS.imageBuilds.namespace;

let objects: KubernetesObject[];

beforeAll(async () => {
  objects = await objectsOf("stage", IMAGE_BUILDS);
});

const configs = (all = objects) =>
  new Map(
    (all as Anything[])
      .filter(({ kind }) => kind === "BuildConfig")
      .map((one) => [one.metadata.name, one.spec]),
  );

describe("images that OpenShift builds", () => {
  it("are none in a stack that does not ask for them", async () => {
    for (const stack of ["stage", "prod", "fedora-ci"]) {
      const kinds = (await objectsOf(stack)).map(({ kind }) => kind);
      expect(kinds).not.toContain("BuildConfig");
    }
  });

  it("lie each over one that is built, or imported, beside it, and are built anew after that", () => {
    const streams = (objects as Anything[]).filter(
      ({ kind, metadata }) => kind === "ImageStream" && metadata.namespace === BUILDS,
    );
    const given = streams.flatMap(({ metadata, spec }) =>
      (spec.tags ?? []).map(({ name }: Anything) => `${metadata.name}:${name}`),
    );
    const built = [...configs().values()]
      .filter(({ output }) => output.to.kind === "ImageStreamTag")
      .map(({ output }) => output.to.name);
    expect(built.map((name) => name.split(":")[0]).sort()).toEqual(
      streams
        .map(({ metadata }) => metadata.name)
        .filter((name) => name !== "fedora")
        .sort(),
    );
    for (const [name, { strategy, triggers }] of configs()) {
      expect([...given, ...built], name).toContain(strategy.dockerStrategy.from.name);
      expect(triggers, name).toEqual([{ type: "ImageChange", imageChange: {} }]);
    }
    const chain = Object.fromEntries(
      [...configs()].map(([name, { strategy }]) => [name, strategy.dockerStrategy.from.name]),
    );
    expect(chain).toEqual({
      base: "fedora:43",
      "packit-service-base": "base:stg",
      "packit-service": "packit-service-base:stg",
      "packit-worker-base": "base:stg",
      "packit-worker": "packit-worker-base:stg",
      "packit-service-fedmsg": "base:stg",
      dashboard: "base:stg",
      sandcastle: "base:stg",
    });
  });

  it("go, where pods run them, to the registry under the deployment's tag, by the given account", () => {
    const pushed = [...configs().values()].filter(({ output }) => output.to.kind === "DockerImage");
    const references = pushed.map(({ output }) => output.to.name).sort();
    const run = ["service", "worker", "fedmsg", "dashboard", "sandbox"] as const;
    expect(references).toEqual(run.map((key) => `quay.io/packit/${OWN_IMAGES[key]}:stg`).sort());
    for (const { output } of pushed) expect(output.pushSecret).toEqual({ name: "image-registry" });
    const { type, data } = find(objects, "Secret", "image-registry");
    expect(type).toBe("kubernetes.io/dockerconfigjson");
    const { auths } = JSON.parse(Buffer.from(data[".dockerconfigjson"], "base64").toString());
    expect(Object.keys(auths)).toEqual(["quay.io"]);
    expect(auths["quay.io"]).toEqual({ username: "packit+builder", password: marked("imageRegistryToken") });
  });

  it.each([
    ["stage", {}, "main"],
    ["prod", {}, "stable"],
    ["stage", { branch: "next" }, "next"],
  ])("are, of %s with %j, made of the branch %s of all projects", async (stack, own, branch) => {
    const changes = { ...IMAGE_BUILDS, imageBuilds: { ...IMAGE_BUILDS.imageBuilds, ...own } };
    const all = [...configs(await objectsOf(stack, changes)).values()];
    const refs = new Set(all.flatMap(({ source }) => source.git?.ref ?? []));
    expect([...refs]).toEqual([branch]);
    const args = all.flatMap(({ strategy }) => strategy.dockerStrategy.buildArgs) as Anything[];
    const branches = args.filter(({ name }) => name === "SOURCE_BRANCH").map(({ value }) => value);
    expect(new Set(branches)).toEqual(new Set([branch]));
    expect(branches.length).toBe(4);
  });

  it("have the dependencies below, and the code of all of Packit's own projects above", () => {
    const text = (name: string) => configs().get(name).source.dockerfile as string;
    for (const name of ["packit-service", "packit-worker"]) {
      expect(text(`${name}-base`)).not.toMatch(/git\+|COPY \. /);
      expect(text(name)).not.toMatch(/dnf|install-deps/);
      for (const library of ["ogr", "specfile", "packit"])
        expect(text(name)).toContain(`"git+https://github.com/packit/${library}@$SOURCE_BRANCH"`);
    }
  });

  it("refer to nothing that is not there", () => {
    expect(faults(objects)).toEqual([]);
  });

  it("are built where privileged pods may run, and nothing else does", () => {
    const space = find(objects, "Namespace", BUILDS);
    expect(space.metadata.labels["pod-security.kubernetes.io/enforce"]).toBe("privileged");
    const kinds = objects.filter(({ metadata }) => metadata.namespace === BUILDS).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(
      new Set(["BuildConfig", "ConfigMap", "ImageStream", "NetworkPolicy", "Role", "RoleBinding", "Secret"]),
    );
  });

  it("are started by accounts that may change none of them", () => {
    const told = (account: string) =>
      rightsOf(objects, account).map(({ namespace, verb, resource, name }) =>
        [`${namespace}: ${verb} ${resource}`, name ?? ""].join(" ").trimEnd(),
      );
    const start = [
      `${BUILDS}: get buildconfigs`,
      `${BUILDS}: create buildconfigs/instantiate`,
      `${BUILDS}: create builds/docker`,
    ];
    expect(told("image-builds-weekly")).toEqual(start);
    expect(told("image-builds")).toEqual([
      ...start,
      `${BUILDS}: get builds`,
      `${BUILDS}: list builds`,
      `${BUILDS}: get configmaps image-builds-notes`,
      `${BUILDS}: patch configmaps image-builds-notes`,
    ]);
  });

  it("are the deployer's to declare, with all that it gives to others", async () => {
    const all = await objectsOf("stage", { ...IMAGE_BUILDS, deployer: {} });
    const rights = rightsOf(all, "packit-deployer").filter(({ namespace }) => namespace === BUILDS);
    const there = all.filter(({ metadata }) => metadata.namespace === BUILDS);
    for (const { kind, apiVersion } of there)
      for (const verb of MANAGED) {
        const resource = kind === "NetworkPolicy" ? "networkpolicies" : `${kind.toLowerCase()}s`;
        const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
        expect(holds(rights, { namespace: BUILDS, verb, group, resource }), `${verb} ${kind}`).toBe(true);
      }
    for (const role of there.filter(
      ({ kind, metadata }) => kind === "Role" && metadata.name !== "packit-deployer",
    ))
      for (const right of rightsIn(role)) expect(holds(rights, right), JSON.stringify(right)).toBe(true);
  });

  it("are looked after at the times that are said", async () => {
    const own = { look: "5 * * * *", weekly: "0 3 * * 1", timeZone: "Europe/Prague" };
    const all = await objectsOf("stage", {
      ...IMAGE_BUILDS,
      imageBuilds: { ...IMAGE_BUILDS.imageBuilds, ...own },
    });
    const { schedule, timeZone } = find(all, "CronJob", "image-builds").spec;
    expect([schedule, timeZone]).toEqual([own.look, own.timeZone]);
    expect(find(all, "CronJob", "image-builds-weekly").spec.schedule).toBe(own.weekly);
  });
});

describe("the account that pushes, for somebody else's playbook", () => {
  it("is a template that takes its token", async () => {
    const settings = {
      ...{ deployment: "stg", kubeContext: "one", namespace: "one", platform: "openshift", tls: "reencrypt" },
      ...{ storageClass: "standard", identity: { fasUser: "packit-stg" } },
      hosts: { service: "s.example.com", dashboard: "d.example.com", workers: "w.example.com" },
      imageBuilds: IMAGE_BUILDS.imageBuilds,
    };
    const lines = Object.entries(settings).map(
      ([key, value]) => `  packit:${key}: ${JSON.stringify(value)}\n`,
    );
    const { secrets } = await references(project({ "Pulumi.one.yaml": `config:\n${lines.join("")}` }), "one");
    const [key] = secrets.find(({ name }) => name === "image-registry")?.keys ?? [];
    expect(key?.template).toBe(
      '{"auths":{"quay.io":{"username":"packit+builder","password":{{ imageRegistryToken | to_json }}}}}',
    );
  });
});

describe("settings of image builds", () => {
  const refused = (changes: object) => () =>
    settingsOf("stage", { ...IMAGE_BUILDS, ...changes } as typeof IMAGE_BUILDS);

  it.each([
    [
      "on the Managed Platform",
      { platform: "managed-platform" },
      /packit:imageBuilds\n.*\n.*nothing on the platform managed-platform/,
    ],
    [
      "on plain Kubernetes",
      { platform: "kubernetes" },
      /nothing on the platform kubernetes, which has no BuildConfigs/,
    ],
    [
      "in the stack's own namespace",
      { imageBuilds: { namespace: "packit--stg", account: "a" } },
      /imageBuilds\.namespace\n.*\n.*a namespace of its own/,
    ],
    [
      "in the sandbox's",
      { imageBuilds: { namespace: "packit--stg-sandbox", account: "a" } },
      /imageBuilds\.namespace\n.*\n.*a namespace of its own/,
    ],
    ["without its token", { secrets: { imageRegistryToken: undefined } }, /imageRegistryToken/],
  ])("are refused %s", (_, changes, message) => {
    expect(refused(changes)).toThrow(message);
  });
});
