import type { Refusal } from "../../schema/refuse.ts";
import type { CoreSettings } from "./settings.ts";

/** What a platform cannot do. */
export function platformRefusals({ platform, tls, managedPlatform, ingress }: CoreSettings): Refusal[] {
  const remedy = "change it, or the platform";
  const reads = ["platform"];
  const here = `on the platform ${platform}`;
  return [
    platform === "kubernetes" && tls === "reencrypt"
      ? {
          path: ["tls"],
          value: tls,
          allowed: `passthrough ${here}: only OpenShift's router re-encrypts`,
          remedy,
          reads,
        }
      : [],
    platform !== "managed-platform" && managedPlatform.egress
      ? { path: ["managedPlatform", "egress"], value: "true", allowed: `false ${here}`, remedy, reads }
      : [],
    classRefusal(ingress),
  ].flat();
}

/** The annotation by which Ingress classes were named before there was a field for them. */
const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

/** Kubernetes takes both only if they say the same. */
function classRefusal(ingress: CoreSettings["ingress"]): Refusal[] {
  const annotated = ingress.annotations[CLASS_ANNOTATION];
  if (ingress.className === undefined || annotated === undefined || annotated === ingress.className)
    return [];
  return [
    {
      path: ["ingress", "className"],
      value: ingress.className,
      allowed: `${annotated}, as the annotation ${CLASS_ANNOTATION} says`,
      remedy: "keep className, and remove the annotation",
    },
  ];
}
