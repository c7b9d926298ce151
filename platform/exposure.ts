import * as k8s from "@pulumi/kubernetes";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { Destination } from "./destination.ts";

export interface ExposureArgs {
  /** Where its object goes. */
  readonly destination: Destination;
  /** The name of the Service, which is the Route's or Ingress's too. */
  readonly name: string;
  readonly host: string;
  /** The Service's port. */
  readonly port: { readonly name: string; readonly port: number };
  /** What the pods speak: TLS, with a certificate of their own, or plain HTTP. */
  readonly pods: "tls" | "http";
  /** The Content-Security-Policy in place of the pods' own; only a route that ends TLS sends it. @default - theirs */
  readonly contentSecurityPolicy?: string | undefined;
  /** The largest body of a request that must get through, as nginx writes sizes. @default - the controller's own */
  readonly largestBody?: string | undefined;
}

/** The Secret of an Ingress's certificate, in the form that Ingress controllers want. */
export const INGRESS_CERTIFICATE = "packit-tls";

/** What the names of ingress-nginx's annotations start with. */
const NGINX = "nginx.ingress.kubernetes.io/";

/** Opens a Service to the internet under a host name, by TLS alone. */
export function exposure(name: string, args: ExposureArgs, opts: CustomResourceOptions) {
  return args.destination.platform.exposure.by === "route"
    ? route(name, args, opts)
    : ingress(name, args, opts);
}

function route(name: string, { destination, ...args }: ExposureArgs, opts: CustomResourceOptions) {
  const { exposure } = destination.platform;
  const termination = args.pods === "http" ? "edge" : exposure.by === "route" && exposure.termination;
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "route.openshift.io/v1",
      kind: "Route",
      metadata: destination.route(args.name),
      spec: {
        host: args.host,
        port: { targetPort: args.port.name },
        to: { kind: "Service", name: args.name, weight: 100 },
        wildcardPolicy: "None",
        tls: { termination, insecureEdgeTerminationPolicy: "Redirect" },
        ...(args.contentSecurityPolicy !== undefined && termination !== "passthrough"
          ? { httpHeaders: { actions: { response: [setHeader(args.contentSecurityPolicy)] } } }
          : {}),
      },
    },
    opts,
  );
}

function setHeader(value: string) {
  return { name: "Content-Security-Policy", action: { type: "Set", set: { value } } };
}

function ingress(name: string, { destination, ...args }: ExposureArgs, opts: CustomResourceOptions) {
  const { exposure } = destination.platform;
  const { className, annotations = {} } = exposure.by === "ingress" ? exposure : {};
  const tls = args.pods === "tls" ? annotations : {};
  // By its number: an Ingress allows only short names of ports.
  const service = { name: args.name, port: { number: args.port.port } };
  return new k8s.networking.v1.Ingress(
    name,
    {
      metadata: destination.ingress(args.name, { ...bodySize(annotations, args.largestBody), ...tls }),
      spec: {
        ...(className !== undefined && { ingressClassName: className }),
        tls: [{ hosts: [args.host], secretName: INGRESS_CERTIFICATE }],
        rules: [
          { host: args.host, http: { paths: [{ path: "/", pathType: "Prefix", backend: { service } }] } },
        ],
      },
    },
    opts,
  );
}

/** What lets large bodies through a controller that the annotations tell to be ingress-nginx; another has other words. */
function bodySize(annotations: Readonly<Record<string, string>>, size: string | undefined) {
  const isNginx = Object.keys(annotations).some((key) => key.startsWith(NGINX));
  return isNginx && size !== undefined ? { [`${NGINX}proxy-body-size`]: size } : {};
}
