import { beforeAll, describe, expect, it } from "vitest";
import { cacheJob } from "../../components/repository-cache/fill-job.ts";
import { cacheVolumes, workersWithCache } from "../../components/repository-cache/settings.ts";
import { managementObjects } from "../../operations/test-instances/management.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { REAPED_POOL } from "../support/pool.ts";
import { allTemplates, objectsOf, settingsOf } from "../support/stacks.ts";
import { switched } from "../support/switches.ts";

/** Whatever can have pods, has some. */
const EVERYTHING = {
  ...switched("withTokman", "withRedisCommander", "withFluentdSidecar"),
  imagePolicy: "schedule",
  postgres: { secondVersion: 16 },
  workers: { generic: { replicas: 1 } },
  repositoryCache: { repositories: [{ url: "https://example.com/a" }], refresh: { enabled: true } },
};

/** Every pod template that this project ever makes, by where it is and its workload. */
const pods = new Map<string, Anything>();
/** The accounts that they run as. */
let accounts: Anything[];

beforeAll(async () => {
  const platforms = {
    "managed-platform": EVERYTHING,
    openshift: EVERYTHING,
    kubernetes: { ...EVERYTHING, imagePolicy: "follow", repositoryCache: {} },
  };
  const all: KubernetesObject[] = [];
  for (const [platform, changes] of Object.entries(platforms)) {
    const objects = await objectsOf("prod", { ...changes, platform });
    all.push(...objects);
    for (const [name, template] of allTemplates(objects)) pods.set(`${platform} ${name}`, template);
  }
  const settings = settingsOf("prod", EVERYTHING);
  const [worker = ""] = workersWithCache(settings);
  for (const volume of cacheVolumes(worker, settings))
    for (const task of [["fill", []], ["status"], ["hold"]] as const) {
      const job = cacheJob({ settings, volume, task, workerRuns: true, limitSeconds: 1 });
      pods.set(`cache ${volume.side} ${task[0]}`, job.spec.template);
    }
  const management = managementObjects(REAPED_POOL);
  for (const [name, template] of allTemplates(management)) pods.set(`pool ${name}`, template);
  accounts = all.filter(({ kind }) => kind === "ServiceAccount");
});

/** What Kubernetes' Pod Security Standard `restricted` asks of a pod, by the page of that name. */
const STANDARD: Readonly<Record<string, (pod: Anything, containers: readonly Anything[]) => boolean>> = {
  "no namespace of the host": ({ hostNetwork, hostPID, hostIPC }) => !hostNetwork && !hostPID && !hostIPC,
  "no volume but those of configuration, claims and scratch space": ({ volumes = [] }) =>
    volumes.every((volume: Anything) => Object.keys(volume).some((key) => VOLUMES.includes(key))),
  "no privileged container": (_, all) => all.every(({ securityContext }) => !securityContext?.privileged),
  "no way to more privileges": (_, all) =>
    all.every(({ securityContext }) => securityContext?.allowPrivilegeEscalation === false),
  "no capability, not even the usual ones": (_, all) =>
    all.every(({ securityContext: { capabilities } }) => {
      return capabilities?.drop?.includes("ALL") && capabilities.add === undefined;
    }),
  "no user root": ({ securityContext }, all) =>
    all.every((one) => (one.securityContext?.runAsNonRoot ?? securityContext?.runAsNonRoot) === true),
  "no number of root either": ({ securityContext }, all) =>
    [{ securityContext }, ...all].every((one) => one.securityContext?.runAsUser !== 0),
  "system calls as the runtime filters them": ({ securityContext }, all) =>
    all.every((one) => {
      const { type } = one.securityContext?.seccompProfile ?? securityContext?.seccompProfile ?? {};
      return type === "RuntimeDefault";
    }),
  "no port of the host": (_, all) =>
    all.every(({ ports = [] }) => ports.every(({ hostPort }: Anything) => hostPort === undefined)),
  "no sysctl, no SELinux option": ({ securityContext }, all) =>
    [{ securityContext }, ...all].every(
      (one) =>
        one.securityContext?.sysctls === undefined && one.securityContext?.seLinuxOptions === undefined,
    ),
};

const VOLUMES = ["configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"];

describe("every pod, of a stack or of a command", () => {
  it("is looked at", () => {
    expect(pods.size).toBeGreaterThan(60);
  });

  it.each(Object.entries(STANDARD))("has %s", (_, holds) => {
    const breaking = [...pods].filter(([, { spec }]) => !holds(spec, containersOf(spec)));
    expect(breaking.map(([name]) => name)).toEqual([]);
  });

  it("learns of no other Service, whose variables clash with settings", () => {
    const learning = [...pods].filter(([, { spec }]) => spec.enableServiceLinks !== false);
    expect(learning.map(([name]) => name)).toEqual([]);
  });

  it("gets the API's token only where it uses the API, and from no account by itself", () => {
    const holding = [...pods].filter(([, { spec }]) => spec.automountServiceAccountToken !== false);
    const names = holding.map(([name]) => name.split(" ")[1]);
    expect([...new Set(names)].sort()).toEqual([
      "image-import",
      "packit-test-reaper",
      "packit-worker",
      "packit-worker-long-running",
      "packit-worker-short-running",
      "repository-cache-refresh",
    ]);
    for (const { metadata, automountServiceAccountToken } of accounts)
      expect(automountServiceAccountToken, metadata.name).toBe(false);
  });

  it("finds files of Secrets and ConfigMaps that it cannot change", () => {
    for (const [name, { spec }] of pods) {
      const files = (spec.volumes ?? []).filter(({ projected }: Anything) => projected);
      const names = files.map((volume: Anything) => volume.name);
      const mounts = containersOf(spec).flatMap(({ volumeMounts = [] }) => volumeMounts);
      const writable = mounts.filter(
        (mount: Anything) => names.includes(mount.name) && mount.readOnly !== true,
      );
      expect(writable, name).toEqual([]);
    }
  });

  it("takes no whole Secret, as a volume or as variables", () => {
    for (const [name, { spec }] of pods) {
      const volumes: Anything[] = spec.volumes ?? [];
      const sources = volumes.flatMap(({ secret, configMap, projected }) => [
        ...(secret || configMap ? [{}] : []),
        ...(projected?.sources ?? []).map((one: Anything) => one.secret ?? one.configMap),
      ]);
      for (const { items = [] } of sources) expect(items.length, name).toBeGreaterThan(0);
      expect(
        containersOf(spec).filter(({ envFrom }) => envFrom),
        name,
      ).toEqual([]);
    }
  });

  it("has bounded scratch space", () => {
    for (const [name, { spec }] of pods)
      for (const { emptyDir } of spec.volumes ?? [])
        if (emptyDir) expect(emptyDir.sizeLimit, name).toMatch(/^\d+(Mi|Gi)$/);
  });
});

function containersOf({ containers, initContainers = [] }: Anything): Anything[] {
  return [...containers, ...initContainers];
}
