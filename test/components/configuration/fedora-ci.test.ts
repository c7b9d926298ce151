import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CATALOGUE, type SecretName } from "../../../components/catalogue.ts";
import { evaluate } from "../../../render/evaluate.ts";
import type { KubernetesObject } from "../../../render/kubernetes-object.ts";
import { loadSettings } from "../../../settings/load.ts";
import type { Anything } from "../../support/anything.ts";
import { marked } from "../../support/marks.ts";
import { configOf, find, objectsOf, ROOT } from "../../support/stacks.ts";

const STACKS = ["prod", "fedora-ci", "stage", "fedora-ci-stage"] as const;
type Stack = (typeof STACKS)[number];

const PAIRS = STACKS.flatMap((one, i) => STACKS.slice(i + 1).map((other) => [one, other] as const));

const objects = new Map<Stack, KubernetesObject[]>();

beforeAll(async () => {
  for (const stack of STACKS) objects.set(stack, await withOwnSecrets(stack));
});

describe("any two of prod, stage and their Fedora CI", () => {
  it.each(PAIRS)("%s and %s share no namespace, host, volume or queue", (one, other) => {
    for (const what of [namespaces, hosts, volumes, queues]) {
      expect(what(one).length).toBeGreaterThan(0);
      expect(what(one).filter((name) => what(other).includes(name))).toEqual([]);
    }
  });

  it.each(PAIRS)("%s and %s share what is in their Secrets only where it is no secret", (one, other) => {
    const here = contents(one);
    const there = new Set(contents(other).values());
    const shared = [...here].filter(([, value]) => there.has(value)).map(([key]) => key);
    expect(shared.filter((key) => !PUBLIC.includes(key))).toEqual([]);
  });

  it.each(PAIRS)("%s and %s share no secret within a file", (one, other) => {
    const there = Object.values(secretsWithin(other));
    for (const [key, value] of Object.entries(secretsWithin(one))) expect(there, key).not.toContain(value);
  });
});

describe.each(["fedora-ci", "fedora-ci-stage"] as const)("%s", (stack) => {
  it("has nothing of the Managed Platform", () => {
    const text = JSON.stringify(objects.get(stack));
    const words = [
      "PCKT-002",
      "aws-ebs",
      "shard",
      "reclaimPolicy",
      "enant",
      "cost-center",
      "service-phase",
      "paas",
    ];
    for (const word of words) expect(text).not.toContain(word);
  });

  it("speaks to dist-git alone, runs no command of users and clones into no cache", () => {
    const config = packitConfig(objects.get(stack) ?? []);
    expect(Object.keys(config.authentication)).toEqual(["src.fedoraproject.org"]);
    expect(config.command_handler).toBe("local");
    expect(config).not.toHaveProperty("repository_cache");
    const kinds = (objects.get(stack) ?? []).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(kinds.filter((name) => /github|centpkg|sandbox|sandcastle/.test(name))).toEqual([]);
  });

  it("listens to pull requests, Koji's tasks and Log Detective, and to no word that others use", () => {
    const toml = contents(stack).get("packit-config/fedora.toml") ?? "";
    const topics = [...toml.matchAll(/^ {2}"org\.fedoraproject\.prod\.(.*)",$/gm)].map(([, topic]) => topic);
    expect(topics).toEqual([
      ...["new", "updated", "rebased", "comment.added"].map((what) => `pagure.pull-request.${what}`),
      "buildsys.task.state.change",
      "logdetective.analysis",
    ]);
    const prefix = packitConfig(objects.get(stack) ?? []).comment_command_prefix;
    expect(["/packit", "/packit-stg", "/packit-ci", "/packit-ci-stg"]).not.toContain(prefix);
  });

  it("has workers of the short-running queue, and of the other ones", () => {
    const sets = (objects.get(stack) ?? []).filter(({ kind }) => kind === "StatefulSet");
    expect(sets.map(({ metadata }) => metadata.name)).toEqual([
      "packit-worker-long-running",
      "packit-worker-short-running",
    ]);
  });
});

describe("Fedora CI", () => {
  it("that is not served yet hears of nothing, not even of help commands", async () => {
    const listeners = async (servedBy: string) => {
      const all = await objectsOf("fedora-ci", { fedoraCi: { prod: { servedBy } } });
      return find(all, "Deployment", "packit-service-fedmsg").spec.replicas;
    };
    expect([await listeners("packit"), await listeners("fedora-ci")]).toEqual([0, 1]);
  });

  it("tells its listener the account whose messages are its own, once the image asks for it", async () => {
    const told = async (fedmsgUser: boolean) => {
      const changes = { imageSupports: { fedmsgUser } };
      const listener = find(await objectsOf("fedora-ci", changes), "Deployment", "packit-service-fedmsg");
      const { env } = listener.spec.template.spec.containers[0];
      return env.find(({ name }: Anything) => name === "FAS_USER")?.value;
    };
    expect([await told(false), await told(true)]).toEqual([undefined, "packit"]);
  });

  it("of prod is served by one instance as it is in Pulumi.yaml", async () => {
    const serving = await Promise.all(
      (["prod", "fedora-ci"] as const).map(async (stack) => serves(packitConfig(await objectsOf(stack)))),
    );
    expect(serving).toEqual([true, false]);
  });

  const projects = { enabled_projects: ["https://src.fedoraproject.org/rpms/packit"] };

  it.each([
    ["prod", "packit", { runByDefault: true }],
    ["prod", "fedora-ci", { runByDefault: true }],
    ["prod", "packit", { projects }],
    ["prod", "fedora-ci", { projects }],
    ["stg", "packit", { runByDefault: true }],
    ["stg", "fedora-ci", { runByDefault: true }],
    ["stg", "packit", { projects }],
    ["stg", "fedora-ci", { projects }],
  ])("of %s is served by one instance, as it is by %s %j", async (environment, servedBy, how) => {
    const fedoraCi = { [environment]: { servedBy, ...how } };
    const pair =
      environment === "prod" ? (["prod", "fedora-ci"] as const) : (["stage", "fedora-ci-stage"] as const);
    const serving = [];
    for (const stack of pair) {
      if (serves(packitConfig(await objectsOf(stack, { fedoraCi })))) serving.push(stack);
    }
    expect(serving).toEqual([servedBy === "packit" ? pair[0] : pair[1]]);
  });

  it("goes from one instance to the other with all that is said of it", async () => {
    const said = async (stack: Stack, servedBy: string) => {
      const config = packitConfig(await objectsOf(stack, { fedoraCi: { prod: { servedBy } } }));
      return [config.fedora_ci_run_by_default, config.fedora_ci];
    };
    const eln = { disabled_projects_for_eln: ["https://src.fedoraproject.org/rpms/llvm"] };
    expect(await said("prod", "packit")).toEqual([true, eln]);
    expect(await said("fedora-ci", "packit")).toEqual([false, undefined]);
    expect(await said("prod", "fedora-ci")).toEqual([false, undefined]);
    expect(await said("fedora-ci", "fedora-ci")).toEqual([true, eln]);
  });

  it("needs no account at Copr, but its file", async () => {
    const none = { copr: undefined };
    const copr = decoded(
      find(await objectsOf("fedora-ci", { secrets: none }), "Secret", "packit-config").data.copr,
    );
    expect(copr).toContain("[copr-cli]\nlogin = none");
    await expect(async () => objectsOf("prod", { secrets: none })).rejects.toThrow("packit:secrets.copr");
  });
});

/** As Packit itself decides it. */
function serves({ fedora_ci_run_by_default, fedora_ci }: Anything): boolean {
  return fedora_ci_run_by_default === true || (fedora_ci?.enabled_projects ?? []).length > 0;
}

/** What may be the same in two stacks: names within a stack, the Fedora account's, and a file of no account. */
const PUBLIC = [
  ...["host", "name", "user"].map((what) => `postgres-secret/database-${what}`),
  "flower/user",
  "packit-ssh/config",
  "packit-config/copr",
];

/** A stack's objects, with secrets that are given to no other stack, and others that are generated for it. */
function withOwnSecrets(stack: Stack): Promise<KubernetesObject[]> {
  const { values } = configOf(stack);
  const { forgeTokens, ...named } = values.secrets as Anything;
  const own = Object.entries(named).map(([name, value]) => [
    name,
    ownSecret(stack, name as SecretName, value),
  ]);
  const tokens = Object.keys(forgeTokens).map((host) => [host, `token-of-${stack}-at-${host}`]);
  const secrets = { ...Object.fromEntries(own), forgeTokens: Object.fromEntries(tokens) };
  const settings = loadSettings({ stack, values: { ...values, secrets } }, { kind: "given", root: ROOT });
  const generate = ({ name }: { name: string }) => `generated-for-${stack}-${name}`;
  return evaluate(settings, { generate, secrets: { keep: true } });
}

/** What is left out stays so, and what can be generated is. */
function ownSecret(stack: Stack, name: SecretName, value: unknown): unknown {
  if (typeof value !== "string") return value;
  return CATALOGUE[name].needed === "generated" ? undefined : marked(name, stack);
}

function namespaces(stack: Stack): string[] {
  const all = objects.get(stack) ?? [];
  const made = all.map(({ kind, metadata }) => {
    return kind === "TenantNamespace" ? `packit--${metadata.name}` : metadata.namespace;
  });
  return [...new Set(made)].filter((name) => name !== undefined && name !== "packit--config") as string[];
}

function hosts(stack: Stack): string[] {
  return (objects.get(stack) ?? []).flatMap((object) => {
    return object.kind === "Route" ? (object as Anything).spec.host : [];
  });
}

function volumes(stack: Stack): string[] {
  const claims = (objects.get(stack) ?? []).filter(({ kind }) => kind === "PersistentVolumeClaim");
  return claims.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

function queues(stack: Stack): string[] {
  const toml = contents(stack).get("packit-config/fedora.toml") ?? "";
  return [...toml.matchAll(/^queue = "(.*)"$/gm)].map(([, queue]) => queue ?? "");
}

/** What is in the Secrets of a stack, by Secret and key. */
function contents(stack: Stack): Map<string, string> {
  const secrets = (objects.get(stack) ?? []).filter(({ kind }) => kind === "Secret") as Anything[];
  return new Map(
    secrets.flatMap(({ metadata, data }) =>
      Object.entries<string>(data).map(
        ([key, value]) => [`${metadata.name}/${key}`, decoded(value)] as const,
      ),
    ),
  );
}

/** The secrets in packit-service.yaml, tokens included, and the queue in fedora.toml. */
function secretsWithin(stack: Stack): Record<string, unknown> {
  const { authentication, ...config } = packitConfig(objects.get(stack) ?? []);
  const secret = Object.entries(config).filter(([key]) => /secret|token|password/.test(key));
  expect(secret.length).toBeGreaterThan(3);
  const tokens = Object.entries<Anything>(authentication).flatMap(([host, { token, github_app_id: id }]) => [
    [`token of ${host}`, token ?? `none of ${stack}`],
    [`App of ${host}`, id ?? `none of ${stack}`],
  ]);
  return Object.fromEntries([...secret, ...tokens, ["queue", queues(stack)[0]]]);
}

function packitConfig(all: readonly KubernetesObject[]): Anything {
  return parse(decoded(find(all, "Secret", "packit-config").data["packit-service.yaml"]));
}

function decoded(value: string): string {
  return Buffer.from(value, "base64").toString();
}
