import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import { GitHub } from "../../github/github.ts";
import { STORAGE_CLASS } from "../../local/fixtures.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { type Context, slotsOf } from "../../operations/test-instances/context.ts";
import { type DeployArgs, deploy } from "../../operations/test-instances/deploy.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import { PulumiEngine } from "../../operations/test-instances/pulumi-engine.ts";
import { readRequest } from "../../operations/test-instances/request.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { command, project } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeGitHub } from "../support/github.ts";
import { MARK, markedSecrets } from "../support/marks.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { backendIn, HAS_PULUMI } from "./pulumi-stack.ts";
import { modestPod } from "./stack.ts";

const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const RAW_POOL = {
  kubeContext: LOCAL_CONTEXT,
  namespace: "pulumi-pool",
  domain: "apps.example.com",
  storageClass: STORAGE_CLASS,
  limit: 1,
  identities: [{ name: "one", fasUser: "packit-test" }],
};
const pool = poolOf(RAW_POOL);
const management = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: pool.namespace } },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "identity-one", namespace: pool.namespace },
    data: identity(),
  },
];
const BUILT = `quay.io/x/y@sha256:${"0".repeat(64)}`;

let github: FakeGitHub;
let said: string[];

beforeAll(async () => {
  for (const object of management) await applyOne(client, object);
});
beforeEach(async () => {
  github = await new FakeGitHub().start();
  github.pulls.set("packit/packit-service#614", {});
  said = [];
});
afterEach(() => github.stop());
afterAll(async () => {
  for (const object of management.toReversed()) await client.delete(object);
});

describe.skipIf(!HAS_PULUMI)("a test instance of Pulumi's real engine", { timeout: 300_000 }, () => {
  it("comes up, is deployed again in its place, and leaves nothing, on the disk neither", async () => {
    const { root, state, own } = place();
    expect((await deploy(own, args("real"))).held.state).toBe("up");
    said = [];
    expect((await deploy(own, args("real"))).held.state).toBe("up");
    expect(said.join("\n")).toMatch(/\d+ unchanged/);
    for (const folder of [join(root, ".local"), state]) expect(textsIn(folder).join()).not.toContain(MARK);
    expect(await destroy(own, "real")).toBe(true);
    await nothingIsLeft("real", state);
  });

  it("is destroyed while it is made: its run is ended first, and nothing is put back", async () => {
    const { state, own } = place();
    const deployed = expect(deploy(own, args("short"))).rejects.toThrow(
      "This command has stopped: short is being destroyed",
    );
    await somethingIsMade("short");
    expect(await destroy(own, "short")).toBe(true);
    await deployed;
    await nothingIsLeft("short", state);
  });

  it("whose command is killed makes nothing more, and can be destroyed whatever holds its claims", async () => {
    const { root, state, own, env } = place();
    const images = ["service", "worker"].flatMap((name) => ["--image", `${name}=${BUILT}`]);
    const options = [
      "--name",
      "killed",
      "--without",
      "sandbox",
      "--engine",
      "pulumi",
      "--kubeconfig",
      PATHS.kubeconfig,
    ];
    const killed = command("test-instance", ["deploy", "packit-service=614", ...images, ...options], {
      cwd: root,
      env: { ...env, GITHUB_API_URL: github.url },
    });
    await somethingIsMade("killed");
    killed.kill("SIGKILL");
    await killed;
    await until(async () => !(await isRunning("killed")), {
      what: "Pulumi to end with the command",
      limitSeconds: 10,
    });
    expect(textsIn(join(root, ".local")).join()).not.toContain(MARK);
    const [space] = namespacesOf("killed");
    const volume = { name: "data", persistentVolumeClaim: { claimName: "valkey-pvc" } };
    await client.create(modestPod(space, "holder", { volumes: [volume] }));
    expect(await destroy(own, "killed")).toBe(true);
    await nothingIsLeft("killed", state);
  });
});

/** A checkout with a backend of its own, and what works there. */
function place() {
  const shared = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
  shared.config["packit:testInstances"] = { default: RAW_POOL };
  const root = project({ "Pulumi.yaml": stringify(shared) });
  const state = temporaryFolder();
  const env = {
    PULUMI_BACKEND_URL: backendIn(state),
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    KUBECONFIG: PATHS.kubeconfig,
  };
  const own: Context = {
    root,
    pool,
    client,
    github: new GitHub({ baseUrl: github.url }),
    engine: new PulumiEngine({ root, env }),
    report: (message) => said.push(message),
  };
  return { root, state, own, env };
}

function args(name: string): DeployArgs {
  const words = {
    references: ["packit-service=614"],
    base: "stage",
    with: [],
    without: ["sandbox"],
    images: [],
  };
  const builder: DeployArgs["builder"] = {
    build: async ({ builds }) => Object.fromEntries(builds.map(({ image }) => [image, BUILT])),
  };
  const request = readRequest({ ...words, name }, pool);
  return { request, builder, waitSeconds: 0, limitSeconds: 120, onlyExisting: false };
}

/** An identity's secrets as its Secret holds them. */
function identity(): Record<string, string> {
  const { keytab, sshPrivateKey, testingFarmSecret } = markedSecrets();
  const texts = Object.entries({ sshPrivateKey, testingFarmSecret }).map(
    ([key, value]) => [key, Buffer.from(String(value)).toString("base64")] as const,
  );
  return { ...Object.fromEntries(texts), keytab: String(keytab) };
}

/** Waits until the engine has made a claim: what comes after it is still to be made. */
async function somethingIsMade(name: string): Promise<void> {
  const metadata = { name: "valkey-pvc", namespace: namespacesOf(name)[0] };
  const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata };
  await until(() => client.read(claim), { what: "a claim", limitSeconds: 120 });
}

async function nothingIsLeft(name: string, state: string): Promise<void> {
  const spaces = namespacesOf(name).map((space) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: space },
  }));
  expect(await Promise.all(spaces.map((space) => client.read(space)))).toEqual(spaces.map(() => undefined));
  expect(await slotsOf({ client, pool }).held()).toEqual([]);
  expect(await isRunning(name)).toBe(false);
  const stacks = readdirSync(join(state, ".pulumi", "stacks", "packit")).filter((file) =>
    file.endsWith(".json"),
  );
  expect(stacks).toEqual([]);
}

/** Whether a run of Pulumi's engine on an instance's stack goes on. */
async function isRunning(name: string): Promise<boolean> {
  const { stdout } = await execa("ps", ["-eo", "args"]);
  return stdout
    .split("\n")
    .some((line) => line.includes("pulumi") && line.includes(`--stack ${stackOf(name)}`));
}

function textsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.map((one) => readFileSync(join(one.parentPath, one.name), "latin1"));
}
