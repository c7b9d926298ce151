import { type EgressHost, ofUrl } from "../network/egress-host.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { asksTestingFarm, POLLED_HOST } from "./image-supports.ts";

type Named = Pick<CoreSettings, "forges" | "distGit" | "packitConfig">;

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
function namedHosts({ forges, distGit, packitConfig }: Named): readonly EgressHost[] {
  const { testing_farm_api_url, logdetective_url } = packitConfig;
  return [
    ...Object.values(forges).map(({ instanceUrl }) => ofUrl(instanceUrl, "a forge")),
    ofUrl(distGit.url, "dist-git"),
    ofUrl(testing_farm_api_url, "Testing Farm"),
    ...(logdetective_url ? [ofUrl(logdetective_url, "Log Detective")] : []),
  ];
}

/** The ports of those hosts. */
export function namedPorts(settings: Named): readonly number[] {
  return namedHosts(settings).flatMap(({ ports }) => ports);
}

/** Every host that an instance reaches for no one part's sake. */
export function coreEgress(settings: CoreSettings): readonly EgressHost[] {
  return [
    ...ALWAYS,
    ...namedHosts(settings),
    ...(asksTestingFarm(settings)
      ? [{ host: POLLED_HOST, ports: [443], why: "Testing Farm's results" }]
      : []),
    ...settings.managedPlatform.egressHosts.map((host) => ({ host, ports: [443], why: "the stack file" })),
  ];
}
