import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EnvHttpProxyAgent } from "undici";
import type { Chat } from "../chat/chat.ts";
import { ApiClient } from "../cluster/api-client.ts";
import type { ReleaseSettings } from "../components/release/settings.ts";
import type { Settings } from "../components/settings.ts";
import { Copr } from "../copr/copr.ts";
import type { Repository } from "../github/github.ts";
import { History } from "../github/history.ts";
import { Publication } from "../github/publication.ts";
import { Mastodon } from "../mastodon/mastodon.ts";
import { Matrix } from "../matrix/matrix.ts";
import { Clone } from "../operations/release/clone.ts";
import type { Services } from "../operations/release/context.ts";
import { Environment } from "../operations/release/environment.ts";
import { StreamImport } from "../operations/release/image-import.ts";
import { Production } from "../operations/release/production.ts";
import { usedDigests } from "../operations/release/used-digests.ts";
import { Quay } from "../registry/quay.ts";
import { Registry } from "../registry/registry.ts";
import { readStackFile, stackFilePath } from "../settings/stack-file.ts";
import { knownStacks } from "../settings/stacks.ts";
import { Slack } from "../slack/slack.ts";
import { headOf, uncommitted } from "../system/checkout.ts";
import { refuseUnknown } from "./options.ts";
import { ROOT } from "./root.ts";

/** The variables with the tokens of a release. */
export const TOKENS = [
  "GITHUB_TOKEN",
  "MATRIX_TOKEN",
  "SLACK_TOKEN",
  "MASTODON_TOKEN",
  "QUAY_TOKEN",
] as const;

export interface ReleaseServicesArgs {
  readonly settings: ReleaseSettings;
  /** Where clones are kept. */
  readonly folder: string;
  readonly kubeconfig?: string | undefined;
  /** Hears what would be sent, which then is not. */
  readonly record?: ((line: string) => void) | undefined;
  readonly signal: AbortSignal;
}

/** All that a release talks to, with the tokens of this process's environment. */
export function releaseServices(args: ReleaseServicesArgs): Services {
  const { settings, folder, kubeconfig, record, signal } = args;
  const { GITHUB_TOKEN, GITHUB_API_URL, MATRIX_TOKEN, SLACK_TOKEN, MASTODON_TOKEN, QUAY_TOKEN } = process.env;
  const github = { token: GITHUB_TOKEN, baseUrl: GITHUB_API_URL };
  const pauseMs = Math.min(500, settings.wait.everySeconds * 1000);
  const common = { pauseMs, record };
  const { matrix, slack, mastodon } = settings;
  const chats: Chat[] = [];
  const chatsByHand: string[] = [];
  if (MATRIX_TOKEN) chats.push(new Matrix({ ...common, ...matrix, token: MATRIX_TOKEN }));
  else chatsByHand.push(`Matrix ${matrix.room}`);
  const { url, channel } = slack;
  if (SLACK_TOKEN && channel) chats.push(new Slack({ ...common, url, channel, token: SLACK_TOKEN }));
  else chatsByHand.push("Slack");
  const clones = new Map<string, Clone>();
  const clone: Services["clone"] = ({ name, remote }) => {
    const known =
      clones.get(name) ?? new Clone({ name, remote, signal, folder: join(folder, `${name}.git`) });
    clones.set(name, known);
    return known;
  };
  const stackOf = once((stack: string) => settingsOf(stack));
  const environment = async ({ stack, url }: ReleaseSettings["stage"]) => {
    const { namespace, kubeContext: context, hosts } = await stackOf(stack);
    return new Environment({
      stack,
      namespace,
      url: url ?? `https://${hosts.service}`,
      client: once(() => new ApiClient({ context, kubeconfig })),
      pauseMs,
    });
  };
  const stage = once(() => environment(settings.stage));
  const prod = once(() => environment(settings.prod));
  return {
    clone,
    history: ({ github: slug }) => new History(repositoryOf(slug), github),
    copr: new Copr({ ...settings.copr, pauseMs }),
    registry: new Quay({ ...common, ...settings.registry, token: QUAY_TOKEN }),
    images: new Registry({ dispatcher: new EnvHttpProxyAgent() }),
    chats,
    chatsByHand,
    mastodon: MASTODON_TOKEN
      ? new Mastodon({ ...common, url: mastodon.url, token: MASTODON_TOKEN })
      : undefined,
    blog: new Publication(repositoryOf(settings.blog.repository), github),
    stage,
    prod,
    imports: async () => {
      const { client, namespace } = await prod();
      return new StreamImport(() => client, namespace);
    },
    used: async () => {
      const files = knownStacks(ROOT).map((stack) => readFileSync(stackFilePath(ROOT, stack), "utf8"));
      const stacks = await Promise.all((settings.registry.stacks ?? knownStacks(ROOT)).map(stackOf));
      return usedDigests(
        files,
        stacks.map(({ stack, namespace, withSandbox, sandboxNamespace, kubeContext: context }) => ({
          stack,
          client: once(() => new ApiClient({ context, kubeconfig })),
          namespaces: [namespace, ...(withSandbox ? [sandboxNamespace] : [])],
        })),
      );
    },
    dirt: () => uncommitted(ROOT, settings.prod.stack),
    production: once(async () => productionOf(await stackOf(settings.prod.stack))),
  };
}

/** Settings take long to load, and most commands have no use for them. */
async function settingsOf(stack: string): Promise<Settings> {
  refuseUnknown(stack);
  const { loadSettings } = await import("../settings/load.ts");
  return loadSettings(readStackFile(ROOT, stack), { kind: "redacted" });
}

async function productionOf({ stack, imagePolicy: policy }: Settings): Promise<Production> {
  const { Deployment } = await import("../operations/deployment/deployment.ts");
  const file = stackFilePath(ROOT, stack);
  const commit = await headOf(ROOT);
  const names = [...TOKENS, "PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "AWS_SECRET_ACCESS_KEY"];
  const secrets = names.flatMap((name) => process.env[name] ?? []);
  const deployment = new Deployment({ root: ROOT, stack, commit, secrets });
  return new Production({ root: ROOT, file, policy, deployment });
}

function repositoryOf(slug: string): Repository {
  const [owner = "", name = ""] = slug.split("/");
  return { owner, name };
}

/** A function that makes its value once, for each argument. */
function once<A extends string[], T>(make: (...args: A) => T): (...args: A) => T {
  const known = new Map<string, T>();
  return (...args) => {
    const key = args.join();
    const value = known.get(key) ?? make(...args);
    known.set(key, value);
    return value;
  };
}
