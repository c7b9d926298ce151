import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../platform/destination.ts";
import { exposure } from "../platform/exposure.ts";
import { type Port, serviceObject } from "./service.ts";

export interface PublicServiceArgs {
  /** Where its objects go. */
  readonly destination: Destination;
  /** The component, whose name the objects have. */
  readonly component: string;
  /** The host under which it is reached; without one it is not opened. */
  readonly host?: string | undefined;
  /** Its one port, and the pods' port behind it. */
  readonly port: Port;
  /** What the pods speak. */
  readonly pods: "tls" | "http";
  /** The Content-Security-Policy in place of the pods' own. @default - theirs */
  readonly contentSecurityPolicy?: string | undefined;
  /** The largest body of a request, where the way to the pods must be told. @default - the controller's own limit */
  readonly largestBody?: string;
}

/** The Service of a component and, if there is a host, what opens it to the internet. */
export function publicService(name: string, args: PublicServiceArgs, opts: pulumi.CustomResourceOptions) {
  const { destination, component, host, port, pods, contentSecurityPolicy, largestBody } = args;
  const annotations = pods === "tls" ? servingCertificate(args) : undefined;
  serviceObject(`${name}-service`, { destination, name: component, component, port, annotations }, opts);
  if (host === undefined) return;
  const open = { destination, name: component, host, port, pods, contentSecurityPolicy, largestBody };
  exposure(`${name}-route`, open, opts);
}

/** The Secret in which OpenShift puts the certificate of a component's Service, where the router re-encrypts. */
export function servingCertificateName(component: string): string {
  return `${component}-serving-certificate`;
}

function servingCertificate({ destination: { platform }, component }: PublicServiceArgs) {
  if (platform.exposure.by !== "route" || platform.exposure.termination !== "reencrypt") return undefined;
  return { "service.beta.openshift.io/serving-cert-secret-name": servingCertificateName(component) };
}
