import { hasProxy } from "./footprint.ts";
import type { Refusal } from "./refuse.ts";
import type { SchemaOutput } from "./schema.ts";

/** Hosts that are missing, and what an Ingress of them cannot be. */
export function hostRefusals(settings: SchemaOutput): Refusal[] {
  const { hosts } = settings;
  const wanted = [
    ["dashboard", settings.withDashboard, "withDashboard"],
    ["workers", hasProxy(settings), "withNginx"],
  ] as const;
  const missing = wanted.filter(([host, needed]) => needed && hosts[host] === undefined);
  const given = Object.entries(hosts).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const twice = given.filter(([, host], i) => given.findIndex(([, other]) => other === host) < i);
  return [
    ...missing.map(([host, , flag]) => ({
      path: ["hosts", host],
      value: "nothing",
      allowed: `a host name, as long as ${flag} is true`,
      remedy: `add it: pulumi config set --path 'packit:hosts.${host}' HOST; or set ${flag} to false`,
    })),
    ...twice.map(([name, host]) => ({
      path: ["hosts", name],
      value: host,
      allowed: "a host that no other setting under hosts has",
      remedy: "give each its own",
    })),
    ...classRefusals(settings),
  ];
}

/** The annotation by which Ingress classes were named before there was a field for them. */
const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

/** Kubernetes takes both only if they say the same. */
function classRefusals({ ingress }: Pick<SchemaOutput, "ingress">): Refusal[] {
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
