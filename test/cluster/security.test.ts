import { beforeAll, describe, expect, it } from "vitest";
import { type Changes, templates } from "../support/stacks.ts";
import { barePod, TestStack } from "./stack.ts";

const stack = new TestStack("restricted", "prod");

/** Whatever can have pods, has some. */
const EVERYTHING: Changes = {
  withTokman: true,
  withRedisCommander: true,
  withFluentdSidecar: true,
  fluentd: { splunkHost: "splunk.example.com" },
  imagePolicy: "schedule",
  postgres: { secondVersion: 16 },
  quota: { enabled: true },
  internalNetworks: ["10.20.0.0/16", "fd12::/16"],
};

beforeAll(() => stack.up(EVERYTHING));

describe("Pod Security `restricted`", () => {
  it("is enforced where the stack runs", async () => {
    await expect(stack.client.create(barePod(stack.namespace, "unrestricted"))).rejects.toThrow(
      'violates PodSecurity "restricted',
    );
  });

  it("lets every pod of prod run, with all parts switched on", async () => {
    const pods = [...(await stack.list("Pod")).values()];
    const components = new Set(pods.map(({ metadata }) => metadata.labels.component));
    const workloads = templates(await stack.objects(EVERYTHING)).keys();
    expect([...components].sort()).toEqual([...workloads, "packit-service-migration"].sort());
  });

  it.each([
    "packit-backup",
    "packit-restore",
    "postgres-copy",
    "image-import",
  ])("lets a job of %s run", async (name) => {
    const cronJob = (await stack.list("CronJob", { apiVersion: "batch/v1" })).get(name);
    const { template } = cronJob.spec.jobTemplate.spec;
    const metadata = { ...template.metadata, name: `try-${name}`, namespace: stack.namespace };
    await stack.client.create({ apiVersion: "v1", kind: "Pod", metadata, spec: template.spec });
    expect((await stack.list("Pod")).has(`try-${name}`)).toBe(true);
  });
});

describe("Pod Security `baseline` in the sandbox", () => {
  const image = "quay.io/packit/sandcastle:prod";
  const resources = { requests: { memory: "512Mi", cpu: "50m" }, limits: { memory: "768Mi", cpu: "1" } };
  const container = { name: "main", image, command: ["bash", "-c", "sleep 1800"], resources };

  it("lets sandcastle's own pods run, which say nothing of their security", async () => {
    const spec = { containers: [container], restartPolicy: "Never", automountServiceAccountToken: false };
    await stack.client.create(barePod(stack.sandboxNamespace, "sandcastle", spec));
  });

  it.each<[string, object]>([
    ["a folder of its node", { volumes: [{ name: "node", hostPath: { path: "/" } }] }],
    ["its node's processes", { hostPID: true }],
    ["its node's network", { hostNetwork: true }],
    ["its node's IPC", { hostIPC: true }],
    ["a port of its node", { containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 80 }] }] }],
    ["a setting of the kernel", { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } }],
    [
      "a capability of the kernel",
      { containers: [{ ...container, securityContext: { capabilities: { add: ["SYS_ADMIN"] } } }] },
    ],
    ["no seccomp filter", { securityContext: { seccompProfile: { type: "Unconfined" } } }],
  ])("refuses a pod that takes %s", async (_, spec) => {
    const pod = barePod(stack.sandboxNamespace, "greedy", { containers: [container], ...spec });
    await expect(stack.client.create(pod)).rejects.toThrow('violates PodSecurity "baseline');
  });
});

describe("a quota computed from the stack", () => {
  it("has room while every pod is rolled", async () => {
    const { changed } = await stack.up({ ...EVERYTHING, hosts: { service: "another.packit.dev" } });
    expect(changed.map(({ metadata }) => metadata.name)).toContain("packit-service");
  });

  it("refuses what the stack does not declare", async () => {
    const resources = { requests: { cpu: "1", memory: "1Ti" }, limits: { cpu: "1", memory: "1Ti" } };
    const container = {
      name: "main",
      image: "example.com/nothing:1",
      resources,
      securityContext: RESTRICTED,
    };
    const spec = { containers: [container], securityContext: POD };
    await expect(stack.client.create(barePod(stack.namespace, "huge", spec))).rejects.toThrow(
      "exceeded quota",
    );
  });
});

const RESTRICTED = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const POD = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
