import { servedRefusals } from "../components/configuration/fedora-ci.ts";
import { forgeRefusals } from "../components/configuration/forge.ts";
import { supportRefusals } from "../components/configuration/image-supports.ts";
import { roleRefusals } from "../components/configuration/role.ts";
import { contextRefusals } from "../components/dashboard/contexts.ts";
import { repositoryOf } from "../components/repository-cache/settings.ts";
import { sandboxRefusals } from "../components/sandbox/refusals.ts";
import { type Amounts, totals } from "./footprint.ts";
import { hostRefusals } from "./hosts.ts";
import { isDigest } from "./image-reference.ts";
import { OWN_IMAGES, type OwnImage } from "./images.ts";
import { namespaceRefusals } from "./namespaces.ts";
import type { Refusal } from "./refuse.ts";
import type { SchemaOutput } from "./schema.ts";
import { inBytes, inProcessors } from "./values.ts";

/** What is wrong with settings that are each right alone, but not together. */
export function refusals(settings: SchemaOutput): Refusal[] {
  return [
    ...namespaceRefusals(settings),
    ...hostRefusals(settings),
    ...forgeRefusals(settings),
    ...sandboxRefusals(settings),
    ...platformRefusals(settings),
    ...imageRefusals(settings),
    ...partRefusals(settings),
    ...quotaRefusals(settings),
    ...cacheRefusals(settings),
    ...roleRefusals(settings),
    ...servedRefusals(settings),
    ...supportRefusals(settings),
    ...contextRefusals(settings),
  ];
}

function platformRefusals({ platform, tls, imagePolicy, managedPlatform }: SchemaOutput): Refusal[] {
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
    platform === "kubernetes" && imagePolicy === "schedule"
      ? {
          path: ["imagePolicy"],
          value: imagePolicy,
          allowed: `follow or pinned ${here}, which has no ImageStreams`,
          remedy,
          reads,
        }
      : [],
    platform !== "managed-platform" && managedPlatform.egress
      ? { path: ["managedPlatform", "egress"], value: "true", allowed: `false ${here}`, remedy, reads }
      : [],
  ].flat();
}

function imageRefusals(settings: SchemaOutput): Refusal[] {
  const { imagePolicy, images, deployment } = settings;
  if (imagePolicy !== "pinned") return [];
  const used = {
    service: true,
    worker: true,
    sandbox: true,
    fedmsg: settings.withFedmsg,
    dashboard: settings.withDashboard,
    tokman: settings.withTokman,
  } satisfies Record<OwnImage, boolean>;
  const loose = (Object.keys(used) as OwnImage[]).filter(
    (name) => used[name] && !isDigest(images[name] ?? ""),
  );
  return loose.map((name) => ({
    path: ["images", name],
    value: images[name] ?? "nothing",
    allowed: "a reference with a sha256 digest, as imagePolicy is pinned",
    remedy: `skopeo inspect --format '{{.Name}}@{{.Digest}}' docker://quay.io/packit/${OWN_IMAGES[name]}:${deployment}`,
    reads: ["deployment"],
  }));
}

/** Packit looks for a cached repository by its name alone. */
function cacheRefusals({ repositoryCache, platform, withSandbox }: SchemaOutput): Refusal[] {
  const { repositories, refresh } = repositoryCache;
  const names = repositories.map((one) => repositoryOf(one).name);
  const same = repositories.flatMap(({ url }, i) => {
    const first = names.indexOf(names[i] ?? "");
    return first === i ? [] : [{ url, i, first: repositories[first]?.url }];
  });
  return [
    ...same.map(({ url, i, first }) => ({
      path: ["repositoryCache", "repositories", i, "url"],
      value: url,
      allowed: `an address whose last part is no other's: Packit would look for ${first} in the same folder`,
      remedy: "keep the larger one of the two",
    })),
    ...(repositoryCache.enabled && !withSandbox
      ? [
          {
            path: ["repositoryCache", "enabled"],
            value: "true",
            allowed: "false without a sandbox, whose clones it is for",
            remedy: "set it to false, or set withSandbox to true",
          },
        ]
      : []),
    ...(refresh.enabled && platform === "kubernetes"
      ? [
          {
            path: ["repositoryCache", "refresh", "enabled"],
            value: "true",
            allowed: "false on the platform kubernetes, which brings no image with a client",
            remedy: "set it to false, and run ./ops cache fill",
            reads: ["platform"],
          },
        ]
      : []),
  ];
}

function partRefusals(settings: SchemaOutput): Refusal[] {
  const { postgres, backup, fluentd, forges } = settings;
  const needs = (path: string[], when: boolean, flag: string) =>
    when
      ? {
          path,
          value: "nothing",
          allowed: `a value, as long as ${flag} is true`,
          remedy: `add it, or set ${flag} to false`,
        }
      : [];
  const withApp = Object.values(forges).some(({ githubApp }) => githubApp);
  return [
    needs(["backup", "bucket"], settings.withBackup && backup.bucket === undefined, "withBackup"),
    needs(
      ["fluentd", "splunkHost"],
      settings.withFluentdSidecar && fluentd.splunkHost === undefined,
      "withFluentdSidecar",
    ),
    settings.nginx.metricsNeedPassword && !settings.withFlower
      ? {
          path: ["nginx", "metricsNeedPassword"],
          value: "true",
          allowed: "false without Flower, whose password is asked for",
          remedy: "set it to false, or set withFlower to true",
        }
      : [],
    settings.withTokman && !withApp
      ? {
          path: ["withTokman"],
          value: "true",
          allowed: "false, as no forge uses the GitHub App",
          remedy: "leave it out, or let a forge use the GitHub App",
        }
      : [],
    postgres.secondVersion === postgres.version
      ? {
          path: ["postgres", "secondVersion"],
          value: String(postgres.secondVersion),
          allowed: `another version than the one in service, ${postgres.version}`,
          remedy: "see docs/postgresql.md",
          reads: ["postgres"],
        }
      : [],
  ].flat();
}

function quotaRefusals(settings: SchemaOutput): Refusal[] {
  const { quota } = settings;
  if (!quota.enabled) return unusedQuota(settings);
  const peak = totals(settings, "peak");
  return QUOTA.flatMap(({ path: [group, resource], key, size, show }) => {
    const given = (quota[group] as Readonly<Record<string, string | undefined>>)[resource];
    if (given === undefined || size(given) >= peak[key]) return [];
    return {
      path: ["quota", group, resource],
      value: given,
      allowed: `at least ${show(peak[key])}, what the declared pods take while they are rolled`,
      remedy: "raise it, leave it out to have it computed, or declare less",
    };
  });
}

/** What is given to a quota that is not there. */
function unusedQuota({ quota }: SchemaOutput): Refusal[] {
  const given = [...Object.values(quota.requests), ...Object.values(quota.limits)].filter(Boolean);
  if (given.length === 0) return [];
  return [
    {
      path: ["quota", "enabled"],
      value: "false",
      allowed: "true, as the quota's size is given",
      remedy: "set it to true, or leave quota.requests and quota.limits out",
    },
  ];
}

/** Bytes in the largest unit that shows them exactly enough. */
export const showBytes = (bytes: number) =>
  bytes % 2 ** 30 === 0 ? `${bytes / 2 ** 30}Gi` : `${Math.ceil(bytes / 2 ** 20)}Mi`;

/** Thousandths of processors as Kubernetes writes them. */
export const showCpu = (thousandths: number) =>
  thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;

const thousandths = (quantity: string) => Math.round(inProcessors(quantity) * 1000);

interface QuotaEntry {
  readonly path: readonly ["requests" | "limits", string];
  readonly key: keyof Amounts;
  readonly size: (quantity: string) => number;
  readonly show: (amount: number) => string;
}

/** Where each amount of a quota stands among the settings. */
const QUOTA: readonly QuotaEntry[] = [
  { path: ["requests", "cpu"], key: "requestsCpu", size: thousandths, show: showCpu },
  { path: ["requests", "memory"], key: "requestsMemory", size: inBytes, show: showBytes },
  { path: ["requests", "storage"], key: "storage", size: inBytes, show: showBytes },
  { path: ["limits", "cpu"], key: "limitsCpu", size: thousandths, show: showCpu },
  { path: ["limits", "memory"], key: "limitsMemory", size: inBytes, show: showBytes },
];
