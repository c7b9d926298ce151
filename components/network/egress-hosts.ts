import type { Settings } from "../../settings/load.ts";
import { asksTestingFarm, POLLED_HOST } from "../configuration/image-supports.ts";

/** A host outside the cluster that the service reaches. */
export interface EgressHost {
  readonly host: string;
  readonly ports: readonly number[];
  readonly why: string;
}

type NamedSettings = Pick<Settings, "forges" | "distGit" | "packitConfig">;

type EgressSettings = NamedSettings &
  Pick<
    Settings,
    | "repositoryCache"
    | "withBackup"
    | "backup"
    | "withFluentdSidecar"
    | "fluentd"
    | "managedPlatform"
    | "hosts"
    | "deployment"
    | "imageSupports"
  >;

/** The hosts that every instance reaches, whatever its settings. */
const ALWAYS: readonly EgressHost[] = [
  {
    host: "admin.fedoraproject.org",
    ports: [443],
    why: "ssh keys of Fedora's hosts, at every start of a worker",
  },
  { host: "pkgs.fedoraproject.org", ports: [22], why: "pushes to dist-git" },
  { host: "id.fedoraproject.org", ports: [443], why: "Kerberos tickets and logins" },
  { host: "rabbitmq.fedoraproject.org", ports: [5671], why: "the message bus" },
  { host: "koji.fedoraproject.org", ports: [443], why: "Koji's builds" },
  { host: "kojipkgs.fedoraproject.org", ports: [443], why: "Koji's logs" },
  { host: "bodhi.fedoraproject.org", ports: [443], why: "updates" },
  { host: "mdapi.fedoraproject.org", ports: [443], why: "packages' metadata" },
  { host: "release-monitoring.org", ports: [443], why: "upstreams' releases" },
  { host: "copr.fedorainfracloud.org", ports: [443], why: "Copr's builds" },
  {
    host: "gitlab.com",
    ports: [22, 443],
    why: "its ssh keys, at every start of a worker, and CentOS' dist-git",
  },
  { host: "api.github.com", ports: [443], why: "GitHub's API" },
  { host: "openscanhub.fedoraproject.org", ports: [443], why: "scans" },
  { host: "logdetective01.fedorainfracloud.org", ports: [443], why: "Log Detective, unless another is set" },
  { host: "console.redhat.com", ports: [443], why: "Image Builder" },
  { host: "sso.redhat.com", ports: [443], why: "Image Builder's tokens" },
  { host: "pypi.org", ports: [443], why: "upstreams' releases and sources" },
  { host: "files.pythonhosted.org", ports: [443], why: "upstreams' sources" },
];

/** The hosts that the API, beat and the workers reach because the settings name them. */
export function namedHosts({ forges, distGit, packitConfig }: NamedSettings): readonly EgressHost[] {
  const { testing_farm_api_url, logdetective_url } = packitConfig;
  return [
    ...Object.values(forges).map(({ instanceUrl }) => ofUrl(instanceUrl, "a forge")),
    ofUrl(distGit.url, "dist-git"),
    ofUrl(testing_farm_api_url, "Testing Farm"),
    ...(logdetective_url ? [ofUrl(logdetective_url, "Log Detective")] : []),
  ];
}

/** The hosts of the repositories that are cached. */
export function cachedHosts({ repositoryCache }: Pick<Settings, "repositoryCache">): readonly EgressHost[] {
  const { enabled, repositories } = repositoryCache;
  return enabled ? repositories.map(({ url }) => ofUrl(url, "cached repositories")) : [];
}

/** Every host that the stack's own settings, and Packit itself, lead to, each once, by name. */
export function egressHosts(settings: EgressSettings): readonly EgressHost[] {
  const { backup, fluentd, managedPlatform } = settings;
  const all = [
    ...ALWAYS,
    ...namedHosts(settings),
    ...cachedHosts(settings),
    ...(asksTestingFarm(settings)
      ? [{ host: POLLED_HOST, ports: [443], why: "Testing Farm's results" }]
      : []),
    ...managedPlatform.egressHosts.map((host) => ({ host, ports: [443], why: "the stack file" })),
    ...(settings.withBackup ? storage(backup) : []),
    ...(settings.withFluentdSidecar && fluentd.splunkHost !== undefined
      ? [{ host: fluentd.splunkHost, ports: [fluentd.splunkPort], why: "Splunk" }]
      : []),
  ];
  return [...Map.groupBy(all, ({ host }) => host)]
    .map(([host, same]) => ({
      host,
      ports: [...new Set(same.flatMap(({ ports }) => ports))].sort((a, b) => a - b),
      why: [...new Set(same.map(({ why }) => why))].join("; "),
    }))
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

/** Amazon has a host for each bucket, and one by which it is found. */
function storage({ endpoint, bucket }: Settings["backup"]): EgressHost[] {
  if (endpoint !== undefined) return [ofUrl(endpoint, "backups")];
  return ["", `${bucket}.`].map((part) => ofUrl(`https://${part}s3.amazonaws.com`, "backups"));
}

/** The port of an address, be it that of its scheme. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
}

function ofUrl(url: string, why: string): EgressHost {
  return { host: new URL(url).hostname, ports: [portOf(url)], why };
}
