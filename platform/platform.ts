import type { Settings } from "../settings/load.ts";

type Labels = Readonly<Record<string, string>>;

/** What a cluster wants on the objects that it runs. Components read it and never ask which cluster it is. */
export interface Platform {
  /** Labels of Deployments and StatefulSets. */
  readonly workloadLabels: Labels;
  /** Labels of pods, Services, Routes and volume claims. */
  readonly labels: Labels;
  /** Labels of Routes alone. */
  readonly routeLabels: Labels;
  /** Annotations of volume claims. */
  readonly volumeAnnotations: Labels;
  /** The class of volumes; the cluster's default class where there is none. */
  readonly storageClass?: string;
  /** The application's code, which sandbox pods carry too. */
  readonly appCode?: string;
  /** Who makes namespaces: this program, or the platform's operator for a tenant. */
  readonly namespaces: { readonly by: "program" } | { readonly by: "operator"; readonly tenant: string };
}

/** The platform that a stack's settings describe. */
export function platformOf(settings: Settings): Platform {
  const own = settings.storageClass === undefined ? {} : { storageClass: settings.storageClass };
  return settings.platform === "managed-platform"
    ? { ...managedPlatform(settings.managedPlatform), ...own }
    : { ...OPENSHIFT, ...own };
}

const OPENSHIFT: Platform = {
  workloadLabels: {},
  labels: {},
  routeLabels: {},
  volumeAnnotations: {},
  namespaces: { by: "program" },
};

function managedPlatform(facts: Settings["managedPlatform"]): Platform {
  return {
    workloadLabels: {
      "app-code": facts.appCode,
      "service-phase": facts.servicePhase,
      "cost-center": facts.costCenter,
    },
    labels: { "paas.redhat.com/appcode": facts.appCode },
    routeLabels: { shard: "external" },
    volumeAnnotations: { "kubernetes.io/reclaimPolicy": "Delete" },
    storageClass: "aws-ebs",
    appCode: facts.appCode,
    namespaces: { by: "operator", tenant: facts.tenant },
  };
}
