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
  /** Where the pods of the cluster's name service run, and whether nodes may keep a copy of it. */
  readonly nameService: { readonly namespace: string; readonly isNodeLocal: boolean };
  /** Whether images are imported by ImageStreams. */
  readonly imageStreams: boolean;
  /** How a host leads to a Service. */
  readonly exposure:
    | { readonly by: "route"; readonly termination: "passthrough" | "reencrypt" }
    | { readonly by: "ingress"; readonly className?: string | undefined; readonly annotations: Labels };
  /** The user and the group of volumes that pods get; none where the cluster gives each namespace its own. */
  readonly podUser?: {
    readonly runAsUser: number;
    readonly runAsGroup: number;
    readonly fsGroup: number;
  };
}

/** What a stack says of its cluster. */
export interface PlatformSettings {
  readonly platform: "openshift" | "managed-platform" | "kubernetes";
  readonly storageClass?: string | undefined;
  readonly tls: "passthrough" | "reencrypt";
  readonly managedPlatform: {
    readonly appCode: string;
    readonly servicePhase: string;
    readonly costCenter: string;
    readonly tenant: string;
  };
  readonly ingress: { readonly className?: string | undefined; readonly annotations: Labels };
}

/** The platform that a stack's settings describe. */
export function platformOf(settings: PlatformSettings): Platform {
  const own = settings.storageClass === undefined ? {} : { storageClass: settings.storageClass };
  return { ...PLATFORMS[settings.platform](settings), ...own };
}

type Facts = Omit<PlatformSettings, "platform">;

const OPENSHIFT_DNS = { namespace: "openshift-dns", isNodeLocal: false };

const PLATFORMS = {
  openshift: ({ tls }: Facts): Platform => ({
    workloadLabels: {},
    labels: {},
    routeLabels: {},
    volumeAnnotations: {},
    namespaces: { by: "program" },
    nameService: OPENSHIFT_DNS,
    imageStreams: true,
    exposure: { by: "route", termination: tls },
  }),

  "managed-platform": ({ tls, managedPlatform: facts }: Facts): Platform => ({
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
    nameService: OPENSHIFT_DNS,
    imageStreams: true,
    exposure: { by: "route", termination: tls },
  }),

  kubernetes: ({ ingress: { className, annotations } }: Facts): Platform => ({
    workloadLabels: {},
    labels: {},
    routeLabels: {},
    volumeAnnotations: {},
    namespaces: { by: "program" },
    nameService: { namespace: "kube-system", isNodeLocal: true },
    imageStreams: false,
    exposure: { by: "ingress", className, annotations },
    // Any user will do for images that run on OpenShift, as long as it is of the group root.
    podUser: { runAsUser: 1001, runAsGroup: 0, fsGroup: 1001 },
  }),
};
