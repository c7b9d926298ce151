import { join } from "node:path";
import { EnvHttpProxyAgent } from "undici";
import { ApiClient } from "../../../cluster/api-client.ts";
import { releaseSettings } from "../../../components/release/settings.ts";
import { Copr } from "../../../copr/copr.ts";
import { History } from "../../../github/history.ts";
import { Publication } from "../../../github/publication.ts";
import { Mastodon } from "../../../mastodon/mastodon.ts";
import { Matrix } from "../../../matrix/matrix.ts";
import type { Plan } from "../../../operations/deployment/plan.ts";
import { Clone } from "../../../operations/release/clone.ts";
import type { Choices, ReleaseContext, Services } from "../../../operations/release/context.ts";
import { Effects } from "../../../operations/release/effects.ts";
import { Environment } from "../../../operations/release/environment.ts";
import type { ImageImport } from "../../../operations/release/image-import.ts";
import { Journal } from "../../../operations/release/journal.ts";
import type { Pace } from "../../../operations/release/pace.ts";
import { Production } from "../../../operations/release/production.ts";
import { type Asker, Questions } from "../../../operations/release/questions.ts";
import { Quay } from "../../../registry/quay.ts";
import { Registry } from "../../../registry/registry.ts";
import { Slack } from "../../../slack/slack.ts";
import { makeFolder } from "../../../system/make-folder.ts";
import { TOKENS, type World } from "./world.ts";

/** Pulumi, as far as a release knows it: one change, which is made once. */
export class FakeDeployment {
  ups = 0;
  /** How often it is brought up before nothing changes any more. */
  changes = 1;

  async plan(): Promise<Plan> {
    const step = {
      op: "update",
      urn: "urn:pulumi:prod::packit::a:b:C::dashboard",
      replacedFor: [],
      changes: [],
    };
    const steps = this.ups < this.changes ? [step] : [];
    return { stack: "prod", commit: "c".repeat(40), steps, digest: `digest-${this.ups}` };
  }

  async up(): Promise<void> {
    this.ups++;
  }
}

export interface InProcess extends ReleaseContext {
  readonly said: string[];
  readonly deployment: FakeDeployment;
  readonly imports: string[];
}

export interface InProcessArgs {
  readonly asker?: Partial<Asker>;
  readonly choices?: Partial<Choices>;
  readonly accepted?: readonly string[];
  readonly pace?: Pace;
  readonly isDry?: boolean;
  readonly settings?: object;
  readonly policy?: "follow" | "pinned";
  /** The project's folder, where stack files are. */
  readonly root?: string;
  readonly name?: string;
  readonly lastCleaned?: Date;
  /** A cluster in place of the stand-in, with a namespace for each environment. */
  readonly cluster?: {
    readonly client: ApiClient;
    readonly namespaces: Readonly<Record<"stage" | "prod", string>>;
  };
}

export const NO_PAUSE: Pace = { now: () => new Date(), pause: async () => {} };

/** A release in this process: the real clients against the services of a world, and a journal on the disk. */
export function inProcess(world: World, args: InProcessArgs = {}): InProcess {
  const { choices = {}, accepted = [], pace = NO_PAUSE, isDry = false, policy = "follow" } = args;
  const settings = releaseSettings.parse(world.settings(args.settings));
  const { signal } = new AbortController();
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  makeFolder(world.state);
  const name = args.name ?? "tried";
  const journal = Journal.open(join(world.state, `${name}.jsonl`), () => pace.now());
  const asker: Asker = {
    mode: "yes",
    confirm: async () => true,
    text: async (_, byDefault) => byDefault,
    edit: async () => {},
    ...args.asker,
  };
  const pauseMs = 1;
  const github = { token: TOKENS.GITHUB_TOKEN, baseUrl: `${world.services.url}/github` };
  const deployment = new FakeDeployment();
  const imports: string[] = [];
  const environment = (which: "stage" | "prod") => {
    const { cluster } = args;
    const stub = () => new ApiClient({ context: `packit-${which}`, kubeconfig: world.env.KUBECONFIG ?? "" });
    const client = cluster?.client ?? stub();
    const namespace = cluster?.namespaces[which] ?? `packit--${which}`;
    const url = settings[which].url ?? "";
    return async () => new Environment({ stack: which, namespace, url, client: () => client, pauseMs });
  };
  const root = args.root ?? world.cwd;
  const services: Services = {
    clone: ({ name: one, remote }) =>
      new Clone({ name: one, remote, signal, folder: join(world.state, "clones", `${one}.git`) }),
    history: ({ github: slug }) => new History({ owner: "packit", name: slug.split("/")[1] ?? "" }, github),
    copr: new Copr({ ...settings.copr, pauseMs }),
    registry: new Quay({ ...settings.registry, token: TOKENS.QUAY_TOKEN, pauseMs }),
    images: new Registry({ dispatcher: new EnvHttpProxyAgent() }),
    chats: [
      new Matrix({ ...settings.matrix, token: TOKENS.MATRIX_TOKEN, pauseMs }),
      new Slack({ url: settings.slack.url, channel: "C01", token: TOKENS.SLACK_TOKEN, pauseMs }),
    ],
    chatsByHand: [],
    mastodon: new Mastodon({ url: settings.mastodon.url, token: TOKENS.MASTODON_TOKEN, pauseMs }),
    blog: new Publication({ owner: "packit", name: "packit.dev" }, github),
    stage: environment("stage"),
    prod: environment("prod"),
    imports: async (): Promise<ImageImport> => ({
      imported: async () => undefined,
      importAgain: async (stream, tag) => void imports.push(`${stream}:${tag}`),
    }),
    production: async () =>
      new Production({ root, file: join(root, "Pulumi.prod.yaml"), policy, deployment }),
    used: async () => {
      const pods = await Promise.all(
        [services.stage(), services.prod()].map(async (one) => (await one).pods()),
      );
      return pods.flat(2).flatMap(({ containers }) => containers.flatMap(({ digest }) => digest ?? []));
    },
    dirt: async () => [],
  };
  return {
    name,
    begun: new Date("2026-11-30T13:00:00Z"),
    settings,
    services,
    choices: { at: {}, without: [], ...choices },
    journal,
    effects: new Effects({ journal, say, isDry }),
    ask: new Questions({ journal, asker, say, accepted, isDry }),
    say,
    pace,
    signal,
    isDry,
    folder: join(world.state, name),
    rollbackDigests: [],
    notices: [],
    command: (verb) => `./ops release ${verb}`,
    tokens: Object.keys(TOKENS),
    ...(args.lastCleaned && { lastCleaned: args.lastCleaned }),
    said,
    deployment,
    imports,
  };
}
