/** What a pod's volumes may be: none of them is of the node, and none of another driver than the claims'. */
const VOLUMES = ["configMap", "downwardAPI", "emptyDir", "persistentVolumeClaim", "projected", "secret"];

/** What no pod of a test instance sets: how it comes to a node, and what it shares with it. */
const NOT_SET = ["hostNetwork", "hostPID", "hostIPC", "nodeName", "priorityClassName", "runtimeClassName"];

/** What is wrong with a pod that any namespace must bear, as Pod Security's `baseline` and this project's own pods have it. */
export function podFaults(spec: Readonly<Record<string, unknown>>, accounts: readonly string[]): string[] {
  const { serviceAccountName = "default", serviceAccount = serviceAccountName } = spec;
  const isOwn = [serviceAccountName, serviceAccount].every((one) =>
    ["default", ...accounts].includes(String(one)),
  );
  return [
    ...NOT_SET.filter((key) => isSet(spec[key])).map((key) => `a pod with ${key}`),
    ...(spec.hostUsers === true ? ["a pod with hostUsers"] : []),
    ...(isOwn ? [] : ["a pod of an account that is not declared beside it"]),
    ...listOf(spec.volumes).flatMap(volumeFaults),
    ...securityFaults(spec.securityContext),
    ...["containers", "initContainers", "ephemeralContainers"].flatMap((key) =>
      listOf(spec[key]).flatMap(containerFaults),
    ),
  ];
}

/** What is wrong with a volume claim: one of a volume that is there already, or was made from another one. */
export function claimFaults(spec: Readonly<Record<string, unknown>>): string[] {
  return ["volumeName", "selector", "dataSource", "dataSourceRef"]
    .filter((key) => isSet(spec[key]))
    .map((key) => `a claim with ${key}`);
}

function volumeFaults({ name: _, ...source }: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(source)
    .filter((key) => !VOLUMES.includes(key))
    .map((key) => `a pod with a volume of ${key}`);
}

function containerFaults({ ports, securityContext }: Readonly<Record<string, unknown>>): string[] {
  return [
    ...(listOf(ports).some(({ hostPort }) => isSet(hostPort)) ? ["a container with hostPort"] : []),
    ...securityFaults(securityContext),
  ];
}

function securityFaults(context: unknown): string[] {
  const {
    privileged,
    allowPrivilegeEscalation,
    capabilities,
    procMount,
    seccompProfile,
    appArmorProfile,
    seLinuxOptions,
    sysctls,
  } = mapOf(context);
  const types = [seccompProfile, appArmorProfile].map((profile) => mapOf(profile).type);
  const faults = {
    privileged: isSet(privileged),
    allowPrivilegeEscalation: isSet(allowPrivilegeEscalation),
    "capabilities to add": listOrWords(mapOf(capabilities).add) > 0,
    procMount: isSet(procMount) && procMount !== "Default",
    "an unconfined profile": types.includes("Unconfined"),
    seLinuxOptions: isSet(seLinuxOptions),
    sysctls: listOrWords(sysctls) > 0,
  };
  return Object.entries(faults)
    .filter(([, isFault]) => isFault)
    .map(([what]) => `a pod with ${what}`);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== "";
}

function listOrWords(value: unknown): number {
  return Array.isArray(value) ? value.length : isSet(value) ? 1 : 0;
}

/** The maps of a list; what else is in its place the API server refuses. */
export function listOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(mapOf) : [];
}

export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
