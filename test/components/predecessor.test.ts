import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { find, objectsOf } from "../support/stacks.ts";
import { ADDED, PREDECESSOR } from "./predecessor.ts";

let objects: KubernetesObject[];

beforeAll(async () => {
  objects = await objectsOf("prod");
});

describe.each(Object.entries(PREDECESSOR))("prod's %s is the predecessor's:", (name, wanted) => {
  const added = ADDED[name] ?? {};

  it("container, image, command, arguments and ports", () => {
    const { container } = workload(name);
    const { image, command, args, ports } = container;
    expect({ container: container.name, image, command, args }).toEqual({
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
    const paths = workload(name).container.volumeMounts.map(({ mountPath }: Anything) => mountPath);
    expect(paths.sort()).toEqual([...wanted.mounts, ...(added.mounts ?? [])].sort());
  });

  it("resources", () => {
    const { requests, limits } = workload(name).container.resources;
    const seen = [requests, limits].map(({ memory, cpu }) => [memory, cpu]);
    expect(seen).toEqual(wanted.resources);
  });

  it("liveness probe", () => {
    const probe = workload(name).container.livenessProbe;
    const seen = probe && [probe.exec.command, probe.initialDelaySeconds, probe.periodSeconds];
    expect(seen).toEqual(wanted.liveness);
  });

  it("image trigger", () => {
    const { annotations = {} } = workload(name).object.metadata;
    const triggers = JSON.parse(annotations["image.openshift.io/triggers"] ?? "[]");
    const fieldPath = `spec.template.spec.containers[?(@.name=="${wanted.container}")].image`;
    const from = { kind: "ImageStreamTag", name: wanted.trigger };
    expect(triggers).toEqual(wanted.trigger === undefined ? [] : [{ from, fieldPath }]);
  });
});

describe("prod's Services are the predecessor's:", () => {
  it.each([
    ["packit-service", "packit-service", { name: "prod-packit", port: 443, targetPort: 8443 }],
    ["postgres", "postgres-15", { name: "postgres-port", port: 5432, targetPort: 5432 }],
    ["valkey", "valkey", { name: "6379", port: 6379, targetPort: 6379 }],
  ])("%s", (name, component, port) => {
    const { spec } = find(objects, "Service", name);
    expect(spec).toEqual({ selector: { component }, ports: [{ protocol: "TCP", ...port }] });
  });

  it("the Route in front of the API", () => {
    expect(find(objects, "Route", "packit-service").spec).toMatchObject({
      host: "prod.packit.dev",
      port: { targetPort: "prod-packit" },
      to: { kind: "Service", name: "packit-service" },
      tls: { termination: "passthrough", insecureEdgeTerminationPolicy: "Redirect" },
    });
  });
});

function workload(name: string): { object: Anything; container: Anything } {
  const kind = name.startsWith("packit-worker") ? "StatefulSet" : "Deployment";
  const object = find(objects, kind, name);
  return { object, container: object.spec.template.spec.containers[0] };
}
