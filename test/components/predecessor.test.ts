import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { find, objectsOf } from "../support/stacks.ts";
import { ADDED, PREDECESSOR } from "./predecessor.ts";

/** Every part that the predecessor can deploy. */
const EVERYTHING = {
  withTokman: true,
  withRedisCommander: true,
  withFluentdSidecar: true,
  fluentd: { splunkHost: "splunk.example.com" },
  hosts: { redisCommander: "redis.packit.dev" },
};

let objects: KubernetesObject[];

beforeAll(async () => {
  objects = await objectsOf("prod", EVERYTHING);
});

describe.each(Object.entries(PREDECESSOR))("prod's %s is the predecessor's:", (name, wanted) => {
  const added = ADDED[name] ?? {};

  it("container, image, command, arguments and ports", () => {
    const { container } = workload(name);
    const { command, args, ports } = container;
    expect({ container: container.name, image: source(container.image), command, args }).toEqual({
      container: wanted.container,
      image: wanted.image,
      command: wanted.command,
      args: wanted.args,
    });
    expect(ports?.map(({ containerPort }: Anything) => containerPort)).toEqual(wanted.ports);
  });

  it("environment", () => {
    const entries = (workload(name).container.env ?? []).map(({ name: key, value, valueFrom }: Anything) => {
      return [key, value ?? `${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`];
    });
    expect(Object.fromEntries(entries)).toEqual({ ...wanted.env, ...added.env });
  });

  it("mounts", () => {
    const paths = (workload(name).container.volumeMounts ?? []).map(({ mountPath }: Anything) => mountPath);
    expect(paths.sort()).toEqual([...wanted.mounts, ...(added.mounts ?? [])].sort());
  });

  it("resources", () => {
    const { requests, limits } = workload(name).container.resources;
    const seen = [requests, limits].map(({ memory, cpu }) => [memory, cpu]);
    expect(seen).toEqual(wanted.resources);
  });

  if (!wanted.followed) return;
  it("image trigger", () => {
    const { object, container } = workload(name);
    const triggers = JSON.parse(object.metadata.annotations["image.openshift.io/triggers"]);
    expect(triggers).toContainEqual({
      from: { kind: "ImageStreamTag", name: container.image },
      fieldPath: `spec.template.spec.containers[?(@.name=="${wanted.container}")].image`,
    });
  });
});

describe("prod's Services are the predecessor's:", () => {
  it.each([
    ["packit-service", "packit-service", { name: "prod-packit", port: 443, targetPort: 8443 }],
    ["postgres", "postgres-15", { name: "postgres-port", port: 5432, targetPort: 5432 }],
    ["valkey", "valkey", { name: "6379", port: 6379, targetPort: 6379 }],
    ["packit-dashboard", "packit-dashboard", { name: "packit-dashboard-https", port: 443, targetPort: 8443 }],
    ["flower", "flower", { name: "5555", port: 5555, targetPort: 5555 }],
    ["pushgateway", "pushgateway", { name: "prometheus-push", port: 80, targetPort: 9091 }],
    ["nginx", "nginx", { name: "nginx-https", port: 443, targetPort: 8443 }],
    ["tokman", "tokman", { name: "tokman", port: 80, targetPort: 8000 }],
    ["redis-commander", "redis-commander", { name: "8081", port: 8081, targetPort: 8081 }],
  ])("%s", (name, component, port) => {
    const { spec } = find(objects, "Service", name);
    expect(spec).toEqual({ selector: { component }, ports: [{ protocol: "TCP", ...port }] });
  });

  it.each([
    ["packit-service", "prod.packit.dev", "prod-packit"],
    ["packit-dashboard", "dashboard.packit.dev", "packit-dashboard-https"],
    ["nginx", "workers.packit.dev", "nginx-https"],
  ])("the Route in front of %s", (name, host, targetPort) => {
    expect(find(objects, "Route", name).spec).toMatchObject({
      host,
      port: { targetPort },
      to: { kind: "Service", name },
      tls: { termination: "passthrough", insecureEdgeTerminationPolicy: "Redirect" },
    });
  });
});

describe("the side-car", () => {
  it("is the predecessor's, in the API and in every worker", () => {
    for (const name of ["packit-service", "packit-worker-short-running", "packit-worker-long-running"]) {
      const [, sidecar] = workload(name).object.spec.template.spec.containers;
      expect(sidecar).toMatchObject({
        name: "fluentd-sidecar",
        ports: [{ containerPort: 5140, protocol: "UDP" }],
        resources: { requests: { cpu: "10m", memory: "128Mi" }, limits: { cpu: "100m", memory: "128Mi" } },
        volumeMounts: [{ mountPath: "/fluentd/etc", readOnly: true }],
      });
      expect(source(sidecar.image)).toBe("quay.io/packit/fluentd-splunk-hec:latest");
      expect(sidecar.env.map(({ name: key, valueFrom }: Anything) => [key, valueFrom.secretKeyRef])).toEqual([
        ["SPLUNK_HEC_HOST", { name: "splunk", key: "hec-host" }],
        ["SPLUNK_HEC_PORT", { name: "splunk", key: "hec-port" }],
        ["SPLUNK_HEC_TOKEN", { name: "splunk", key: "hec-token" }],
      ]);
    }
  });
});

/** What an ImageStream imports under a reference. */
function source(reference: string): string {
  const [name = "", tag] = reference.split(":");
  const stream = find(objects, "ImageStream", name);
  return stream.spec.tags.find((one: Anything) => one.name === tag).from.name;
}

function workload(name: string): { object: Anything; container: Anything } {
  const kind = name.startsWith("packit-worker") ? "StatefulSet" : "Deployment";
  const object = find(objects, kind, name);
  return { object, container: object.spec.template.spec.containers[0] };
}
