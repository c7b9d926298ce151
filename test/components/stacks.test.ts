import { describe, expect, it } from "vitest";
import { type KubernetesObject, describe as nameOf } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { holdsMark, marked } from "../support/marks.ts";
import { allTemplates, find, objectsOf, templates } from "../support/stacks.ts";

const POSTGRES_IMAGE = `example.com/postgres@sha256:${"1".repeat(64)}`;
const OPENSHIFT = { platform: "openshift" };

describe("a namespace", () => {
  it("carries stage's default toleration in the JSON that PodTolerationRestriction reads", async () => {
    const { metadata } = find(await objectsOf("stage", OPENSHIFT), "Namespace", "packit--stg");
    expect(metadata.annotations["scheduler.alpha.kubernetes.io/defaultTolerations"]).toBe(
      '[{"key":"environment","operator":"Equal","value":"stage","effect":"NoSchedule"}]',
    );
  });

  it("has no default tolerations in prod", async () => {
    const { metadata } = find(await objectsOf("prod", OPENSHIFT), "Namespace", "packit--prod");
    expect(metadata.annotations).toBeUndefined();
  });

  it("of the sandbox is asked of the operator on the Managed Platform", async () => {
    const objects = await objectsOf("stage");
    const request = find(objects, "TenantNamespace", "stg-sandbox");
    expect(request.metadata.namespace).toBe("packit--config");
    expect(request.spec).toEqual({ type: "runtime", network: { "security-zone": "internal" } });
    expect(() => find(objects, "Namespace", "packit--stg-sandbox")).toThrow();
  });
});

describe("node selectors", () => {
  it("are off by default", async () => {
    for (const { spec } of templates(await objectsOf("stage")).values())
      expect(spec).not.toHaveProperty("nodeSelector");
  });

  it("can be set for each component", async () => {
    const nodeSelector = { env: "stage" };
    const one = { nodeSelector };
    const workers = { generic: { ...one, replicas: 1 }, shortRunning: one, longRunning: one };
    const names = ["service", "migration", "beat", "fedmsg", "postgres", "backup", "valkey", "dashboard"];
    const more = ["flower", "pushgateway", "nginx", "tokman", "redisCommander"];
    const parts = { ...Object.fromEntries([...names, ...more].map((name) => [name, one])), workers };
    const objects = await objectsOf("stage", { ...parts, withTokman: true, withRedisCommander: true });
    const selectors = [...allTemplates(objects)].map(([name, { spec }]) => [name, spec.nodeSelector]);
    expect(selectors).toEqual(selectors.map(([name]) => [name, nodeSelector]));
    expect(selectors).toHaveLength(17);
  });
});

describe("the repository cache", () => {
  it.each([
    1, 2, 5,
  ])("has a volume in the sandbox for each of %i workers, by the name that the worker computes", async (replicas) => {
    const objects = await objectsOf("stage", { workers: { longRunning: { replicas } } });
    const names = claims(objects, "packit--stg-sandbox");
    expect(names).toEqual(
      Array.from(
        { length: replicas },
        (_, i) => `sandcastle-repository-cache-packit-worker-long-running-${i}`,
      ),
    );
    expect(names.filter((name) => name.endsWith("-pvc"))).toEqual([]);
  });

  it("is mounted, and spoken of, in the pods of pools that clone and in no others", async () => {
    for (const [name, { spec }] of templates(await objectsOf("stage"))) {
      const [container] = spec.containers;
      const mounts = (container.volumeMounts ?? []).map(({ mountPath }: { mountPath: string }) => mountPath);
      const clones = name === "packit-worker-long-running";
      expect(mounts.includes("/repository-cache"), name).toBe(clones);
      expect(JSON.stringify(spec).includes("packit-service-with-cache.yaml"), name).toBe(clones);
    }
  });

  it("leaves nothing behind when it is switched off", async () => {
    const objects = await objectsOf("stage", { repositoryCache: { enabled: false } });
    expect(claims(objects, "packit--stg-sandbox")).toEqual([]);
    expect(find(objects, "StatefulSet", "packit-worker-long-running").spec).not.toHaveProperty(
      "volumeClaimTemplates",
    );
    const texts = Object.values<string>(find(objects, "Secret", "packit-config").data)
      .map(decode)
      .join();
    expect(texts).not.toContain("repository_cache");
    expect(texts).not.toContain("command_handler_pvc_volume_specs");
  });
});

describe("a worker pool", () => {
  it("has a headless Service of the name that its StatefulSet gives", async () => {
    const objects = await objectsOf("stage");
    for (const name of ["packit-worker-short-running", "packit-worker-long-running"]) {
      const { spec } = find(objects, "StatefulSet", name);
      expect(spec.serviceName).toBe(name);
      expect(spec.updateStrategy).toEqual({ type: "RollingUpdate" });
      // One pod after the other, at its start too: each waits for the one before.
      expect(spec.podManagementPolicy).toBe("OrderedReady");
      // OpenShift looks names of streams up in a StatefulSet's pods only if they say so.
      const { annotations } = spec.template.metadata;
      expect(annotations["alpha.image.policy.openshift.io/resolve-names"]).toBe("*");
      expect(find(objects, "Service", name).spec).toEqual({
        clusterIP: "None",
        selector: { component: name },
      });
    }
  });

  it("is there only if it has workers", async () => {
    const workers = { generic: { replicas: 1 }, shortRunning: { replicas: 0 }, longRunning: { replicas: 0 } };
    const objects = await objectsOf("stage", { workers });
    const names = objects.filter(({ kind }) => kind === "StatefulSet").map(({ metadata }) => metadata.name);
    expect(names).toEqual(["packit-worker"]);
    expect(claims(objects, "packit--stg-sandbox")).toEqual(["sandcastle-repository-cache-packit-worker-0"]);
  });

  it("serves the queues of its kind, many tasks at once only where they are short", async () => {
    const pods = templates(await objectsOf("stage"));
    const told = (name: string) => environment(pods.get(name));
    expect(told("packit-worker-short-running")).toMatchObject({ QUEUES: "short-running", CONCURRENCY: "16" });
    expect(told("packit-worker-long-running")).toMatchObject({
      QUEUES: "long-running,rate-limited",
      CONCURRENCY: "1",
    });
  });
});

describe("pods", () => {
  it("mount each path once", async () => {
    for (const [name, { spec }] of templates(await objectsOf("stage"))) {
      const mounts: { mountPath: string }[] = spec.containers[0].volumeMounts ?? [];
      const paths = mounts.map(({ mountPath }) => mountPath);
      expect(new Set(paths).size, name).toBe(paths.length);
    }
  });

  it("of PostgreSQL have the shared memory that its volume is for", async () => {
    const { spec } = templates(await objectsOf("stage")).get("postgres-15");
    expect(spec.containers[0].volumeMounts).toContainEqual({ name: "shared-memory", mountPath: "/dev/shm" });
    expect(spec.volumes).toContainEqual({
      name: "shared-memory",
      emptyDir: { medium: "Memory", sizeLimit: "128Mi" },
    });
  });

  it("get a token of the API only where they use the sandbox", async () => {
    for (const [name, { spec }] of templates(await objectsOf("stage"))) {
      const isWorker = name.startsWith("packit-worker");
      expect([spec.automountServiceAccountToken, spec.serviceAccountName], name).toEqual(
        isWorker ? [true, "packit-worker"] : [false, name],
      );
    }
  });

  it.each([
    ["fedoraMessaging", { fedoraMessaging: { app: "another" } }, ["packit-service-fedmsg"]],
    ["postgres password", { secrets: { postgresPassword: "another" } }, DATABASE()],
    ["PostgreSQL's resources", { postgres: { resources: { limits: { memory: "8Gi" } } } }, DATABASE()],
    ["PostgreSQL's image", { images: { postgres: { 15: POSTGRES_IMAGE } } }, DATABASE()],
    ["PostgreSQL's nodes", { postgres: { nodeSelector: { env: "stage" } } }, DATABASE()],
    ["PostgreSQL's volume", { postgres: { storage: "9Gi" } }, []],
    ["database's name", { postgres: { database: "another" } }, DATABASE()],
    ["PostgreSQL beside", { postgres: { secondVersion: 16 } }, []],
    [
      "SSH key",
      { secrets: { sshPrivateKey: marked("sshPrivateKey", "prod") } },
      [...WORKERS(), "packit-service-beat"],
    ],
    ["packit-service.yaml", { packitConfig: { admins: ["me"] } }, PACKIT_PODS()],
    ["Valkey's memory", { valkey: { maxMemory: "1Gi" } }, ["valkey"]],
    [
      "TLS certificate",
      {
        secrets: {
          tlsCertificate: marked("tlsCertificate", "prod"),
          tlsPrivateKey: marked("tlsPrivateKey", "prod"),
        },
      },
      TLS_PODS(),
    ],
    ["Valkey's password", { secrets: { valkeyPassword: "another" } }, VALKEY_CLIENTS()],
    ["Flower's password", { secrets: { flowerPassword: "another" } }, ["flower", "nginx"]],
    ["proxy's settings", { nginx: { metricsNeedPassword: true } }, ["nginx"]],
  ])("are rolled by a change of the %s if they read it, and not otherwise", async (_, change, rolled) => {
    const [before, after] = await Promise.all([templatesOf({}), templatesOf(change)]);
    const changed = [...before]
      .filter(([name, template]) => after.get(name) !== template)
      .map(([name]) => name);
    expect(changed.sort()).toEqual([...rolled].sort());
  });
});

describe("PostgreSQL's clients", () => {
  it("are rolled too when another version is put in service, and know nothing of the pods' names", async () => {
    const both = { postgres: { version: 15, secondVersion: 16 } };
    const turned = { postgres: { version: 16, secondVersion: 15 } };
    const [before, after] = await Promise.all([templatesOf(both), templatesOf(turned)]);
    const changed = [...before].filter(([name, template]) => after.get(name) !== template);
    expect(changed.map(([name]) => name).sort()).toEqual(["packit-service", ...WORKERS()]);
  });
});

describe("secrets", () => {
  it("are in Secrets and nowhere else", async () => {
    const objects = await objectsOf("stage");
    const others = objects.filter(({ kind }) => kind !== "Secret");
    for (const object of others) expect(holdsMark(JSON.stringify(object)), nameOf(object)).toBe(false);
    const secrets = objects.filter(({ kind }) => kind === "Secret");
    // It holds a hash of a marked one.
    for (const object of secrets.filter(({ metadata }) => metadata.name !== "flower-htpasswd")) {
      expect(holdsMark(JSON.stringify(object)), nameOf(object)).toBe(true);
    }
  });

  it("that are left out leave out what is for them alone", async () => {
    const leftOut = { leftOut: "a test" };
    const secrets = { sentryDsn: leftOut, awsAccessKeyId: leftOut, awsSecretAccessKey: leftOut };
    const objects = await objectsOf("stage", { secrets, withBackup: false });
    expect(() => find(objects, "Secret", "sentry")).toThrow();
    expect(() => find(objects, "Secret", "aws")).toThrow();
    for (const pod of templates(objects).values())
      expect(environment(pod)).not.toHaveProperty("SENTRY_SECRET");
  });
});

describe("generated secrets", () => {
  it("take the place of those that are not given, each with a value of its own", async () => {
    const none = { webhookSecret: undefined, gitlabTokenSecret: undefined, postgresPassword: undefined };
    const more = { valkeyPassword: undefined, flowerPassword: undefined, fedoraMessagingQueue: undefined };
    const secrets = { ...none, ...more };
    const objects = await objectsOf("stage", { secrets });
    const data = (name: string, key: string) => decode(find(objects, "Secret", name).data[key]);
    expect(data("postgres-secret", "database-password")).toBe("generated-packit-passwords-postgres");
    expect(data("valkey", "password")).toBe("generated-packit-passwords-valkey");
    expect(data("flower", "password")).toBe("generated-packit-passwords-flower");
    expect(data("packit-config", "fedora.toml")).toContain('queue = "generated-packit-passwords-queue"');
    expect(data("packit-config", "packit-service.yaml")).toContain(
      '"webhook_secret": "generated-packit-passwords-webhook"',
    );
    expect(data("packit-config", "packit-service.yaml")).toContain(
      '"gitlab_token_secret": "generated-packit-passwords-gitlab',
    );
  });
});

describe("the Managed Platform", () => {
  it("finds its labels, its annotation and its storage class on all that wants them", async () => {
    const objects = await objectsOf("stage");
    const app = { "paas.redhat.com/appcode": "PCKT-002" };
    for (const claim of objects.filter(({ kind }) => kind === "PersistentVolumeClaim")) {
      expect(claim.metadata.labels).toMatchObject(app);
      expect(claim.metadata.annotations).toMatchObject({ "kubernetes.io/reclaimPolicy": "Delete" });
      expect(claim.spec).toMatchObject({ storageClassName: "aws-ebs" });
    }
    expect(find(objects, "Route", "packit-service").metadata.labels).toMatchObject({
      ...app,
      shard: "external",
    });
    const workload = { "app-code": "PCKT-002", "service-phase": "preprod", "cost-center": "700" };
    expect(find(objects, "Deployment", "packit-service").metadata.labels).toMatchObject(workload);
    for (const pod of templates(objects).values()) expect(pod.metadata.labels).toMatchObject(app);
  });

  it("leaves no trace on another platform", async () => {
    const text = JSON.stringify(await objectsOf("stage", OPENSHIFT));
    for (const word of ["PCKT-002", "aws-ebs", "shard", "reclaimPolicy", "tenant"])
      expect(text).not.toContain(word);
  });
});

function PACKIT_PODS(): string[] {
  return ["packit-service", "packit-service-beat", ...WORKERS()];
}

/** PostgreSQL, and what keeps connections to it and never looks whether they are still good. */
function DATABASE(): string[] {
  return ["packit-service", ...WORKERS(), "postgres-15"];
}

function TLS_PODS(): string[] {
  return ["nginx", "packit-dashboard", "packit-service"];
}

function VALKEY_CLIENTS(): string[] {
  return [...PACKIT_PODS(), "packit-service-fedmsg", "flower", "valkey"];
}

function WORKERS(): string[] {
  return ["packit-worker-long-running", "packit-worker-short-running"];
}

async function templatesOf(change: object): Promise<Map<string, string>> {
  const pods = templates(await objectsOf("stage", change as Record<string, unknown>));
  return new Map([...pods].map(([name, template]) => [name, JSON.stringify(template)]));
}

function claims(objects: readonly KubernetesObject[], namespace: string): string[] {
  const inNamespace = objects.filter(({ metadata }) => metadata.namespace === namespace);
  return inNamespace
    .filter(({ kind }) => kind === "PersistentVolumeClaim")
    .map(({ metadata }) => metadata.name);
}

function environment(pod: Anything): Record<string, unknown> {
  const variables: { name: string; value?: string }[] = pod.spec.containers[0].env ?? [];
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString();
}
