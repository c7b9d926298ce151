import { describe, expect, it } from "vitest";
import type { Anything } from "../support/anything.ts";
import { allTemplates, find, objectsOf, templates } from "../support/stacks.ts";

const REDIS_COMMANDER = { withRedisCommander: true, hosts: { redisCommander: "redis.stg.packit.dev" } };

describe("plain Kubernetes", () => {
  it("has an Ingress with the stack's certificate for each host", async () => {
    const objects = await objectsOf("stage", { platform: "kubernetes", ingress: { className: "nginx" } });
    const hosts = { "packit-service": "stg", "packit-dashboard": "dashboard.stg", nginx: "workers.stg" };
    for (const [name, host] of Object.entries(hosts)) {
      const { metadata, spec } = find(objects, "Ingress", name);
      const [port] = find(objects, "Service", name).spec.ports;
      expect(spec.ingressClassName).toBe("nginx");
      expect(spec.tls).toEqual([{ hosts: [`${host}.packit.dev`], secretName: "packit-tls" }]);
      expect(spec.rules[0].http.paths[0].backend).toEqual({ service: { name, port: { number: port.port } } });
      expect(metadata.annotations["nginx.ingress.kubernetes.io/backend-protocol"]).toBe("HTTPS");
    }
    const certificate = find(objects, "Secret", "packit-tls");
    expect([certificate.type, Object.keys(certificate.data)]).toEqual([
      "kubernetes.io/tls",
      ["tls.crt", "tls.key"],
    ]);
  });

  it("lets webhooks of GitHub's largest size through ingress-nginx, and leaves other limits and controllers alone", async () => {
    const sizes = async (annotations?: Record<string, string>) => {
      const ingress = { ...(annotations && { annotations }) };
      const objects = await objectsOf("stage", { platform: "kubernetes", ingress, ...REDIS_COMMANDER });
      const found = objects.filter(({ kind }) => kind === "Ingress");
      return Object.fromEntries(
        found.flatMap(({ metadata }) => {
          const size = metadata.annotations?.["nginx.ingress.kubernetes.io/proxy-body-size"];
          return size === undefined ? [] : [[metadata.name, size]];
        }),
      );
    };
    expect(await sizes()).toEqual({ "packit-service": "25m" });
    const own = { "nginx.ingress.kubernetes.io/proxy-body-size": "40m" };
    expect(await sizes(own)).toMatchObject({ "packit-service": "40m" });
  });

  it("gives pods a user, as the cluster gives none, and their volumes its group", async () => {
    for (const [name, { spec }] of allTemplates(await objectsOf("stage", { platform: "kubernetes" }))) {
      expect(spec.securityContext, name).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1001,
        fsGroup: 1001,
      });
    }
  });

  it("has no object of another platform", async () => {
    const objects = await objectsOf("stage", { platform: "kubernetes" });
    const groups = new Set(objects.map(({ apiVersion }) => apiVersion.split("/")[0]));
    expect([...groups].sort()).toEqual([
      "apps",
      "batch",
      "networking.k8s.io",
      "rbac.authorization.k8s.io",
      "v1",
    ]);
  });
});

describe("a router that re-encrypts", () => {
  it("takes the place of the stack's certificate: pods show one that the cluster makes for their Service", async () => {
    const secrets = { tlsCertificate: undefined, tlsPrivateKey: undefined };
    const objects = await objectsOf("stage", { platform: "openshift", tls: "reencrypt", secrets });
    for (const name of ["packit-service", "packit-dashboard", "nginx"]) {
      expect(find(objects, "Route", name).spec.tls.termination).toBe("reencrypt");
      const { annotations } = find(objects, "Service", name).metadata;
      const secret = annotations["service.beta.openshift.io/serving-cert-secret-name"];
      const sources = templates(objects)
        .get(name)
        .spec.volumes.flatMap(({ projected }: Anything) => projected?.sources ?? []);
      expect(sources).toContainEqual({
        secret: {
          name: secret,
          items: [
            { key: "tls.crt", path: "fullchain.pem" },
            { key: "tls.key", path: "privkey.pem" },
          ],
        },
      });
    }
    expect(Object.keys(find(objects, "Secret", "packit-secrets").data)).toEqual(["fedora.keytab"]);
  });
});

describe("the Managed Platform's firewall", () => {
  it("is opened to every host that the stack reaches, and to nothing else, if it is switched on", async () => {
    const objects = await objectsOf("stage", { managedPlatform: { egress: true } });
    const { spec } = find(objects, "TenantEgress", "default");
    const names = spec.egress.flatMap(({ type, to }: Anything) =>
      type === "Allow" ? (to.dnsName ?? []) : [],
    );
    for (const host of [
      "api.github.com",
      "gitlab.com",
      "src.fedoraproject.org",
      "rabbitmq.fedoraproject.org",
      "copr.fedorainfracloud.org",
      "api.testing-farm.io",
      "s3.amazonaws.com",
    ])
      expect(names).toContain(host);
    expect(new Set(names).size).toBe(names.length);
    expect(spec.egress.at(-1)).toEqual({ type: "Deny", to: { cidrSelector: "0.0.0.0/0" } });
  });

  it("lets the cluster's own services through, and hosts that only the stack file knows", async () => {
    const managedPlatform = { egress: true, egressHosts: ["sentry.example.com"] };
    const { spec } = find(await objectsOf("stage", { managedPlatform }), "TenantEgress", "default");
    const inside = spec.egress.flatMap(({ type, to }: Anything) =>
      type === "Allow" ? (to.cidrSelector ?? []) : [],
    );
    // Where the platform has its API server, its router and its services; what is beyond is named by its host.
    expect(inside).toEqual(["10.0.0.0/8", "172.16.0.0/12"]);
    expect(spec.egress).toContainEqual({ type: "Allow", to: { dnsName: "sentry.example.com" } });
  });

  it("is left to tickets otherwise", async () => {
    const objects = await objectsOf("stage");
    expect(objects.filter(({ kind }) => kind === "TenantEgress")).toEqual([]);
  });
});

describe("Redis Commander", () => {
  it("is opened only under a host of its own, with TLS to the router", async () => {
    const hidden = await objectsOf("stage", { withRedisCommander: true });
    expect(() => find(hidden, "Route", "redis-commander")).toThrow();
    const hosts = { redisCommander: "redis.stg.packit.dev" };
    const open = await objectsOf("stage", { withRedisCommander: true, hosts });
    expect(find(open, "Route", "redis-commander").spec).toMatchObject({
      host: "redis.stg.packit.dev",
      tls: { termination: "edge" },
    });
  });
});
