import { z } from "zod";
import { annotationKey, annotationValue, flag, objectName } from "../schema/values.ts";

const ANNOTATIONS = { "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS" };

export const ingress = z
  .strictObject({
    className: objectName
      .meta({ example: "nginx" })
      .optional()
      .describe("The Ingress class. Default: the cluster's."),
    annotations: z
      .record(
        annotationKey.meta({ example: "nginx.ingress.kubernetes.io/proxy-body-size" }),
        annotationValue.meta({ example: "8m" }),
      )
      .prefault({})
      .meta({ addedTo: ANNOTATIONS })
      .describe(
        "What tells the Ingress controller that the pods speak TLS, and whatever else it is to know.",
      ),
    defaultAnnotations: flag
      .default(true)
      .describe("Whether the default annotations are there too, which nginx's controller reads."),
  })
  .transform(({ defaultAnnotations, annotations, ...rest }) => {
    const all: Readonly<Record<string, string>> = { ...(defaultAnnotations && ANNOTATIONS), ...annotations };
    return { ...rest, annotations: all };
  })
  .prefault({})
  .describe("How hosts are opened on plain Kubernetes; read there only.");
